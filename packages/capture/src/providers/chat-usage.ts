import { at, countAt, objectAt } from './json-values.ts'
import { type Counts, plus } from './usage.ts'

/**
 * Token counts of chat completions. `completion_tokens` includes reasoning at OpenAI and most others; xAI counts it
 * apart, which shows in its total.
 */
export function chatCounts(answer: unknown): Counts | undefined {
  const usage =
    objectAt(answer, 'usage') ??
    objectAt(answer, 'x_groq', 'usage') ??
    objectAt(answer, 'choices', 0, 'usage')
  if (usage === undefined) return undefined
  const input = countAt(usage, 'prompt_tokens') ?? countAt(usage, 'input_tokens')
  const output = countAt(usage, 'completion_tokens') ?? countAt(usage, 'output_tokens')
  const reasoning =
    countAt(usage, 'completion_tokens_details', 'reasoning_tokens') ??
    countAt(usage, 'output_tokens_details', 'reasoning_tokens') ??
    countAt(usage, 'reasoning_tokens')
  const apart = isApart(countAt(usage, 'total_tokens'), input, output, reasoning)
  return {
    input,
    output: apart ? plus(output, reasoning) : (output ?? noOutput(usage)),
    cacheRead:
      countAt(usage, 'prompt_tokens_details', 'cached_tokens') ??
      countAt(usage, 'input_tokens_details', 'cached_tokens') ??
      countAt(usage, 'prompt_cache_hit_tokens') ??
      countAt(usage, 'num_cached_tokens') ??
      countAt(usage, 'cached_tokens') ??
      countAt(usage, 'prompt_token_details', 'cached_tokens'),
    cacheWrite:
      countAt(usage, 'prompt_tokens_details', 'cache_write_tokens') ??
      countAt(usage, 'prompt_tokens_details', 'cache_creation_tokens') ??
      countAt(usage, 'input_tokens_details', 'cache_write_tokens'),
    reasoning,
  }
}

/** What the call costs in US dollars, where the provider says it: OpenRouter, Perplexity, xAI (in units of 1e-10). */
export function chatCost(answer: unknown): number | undefined {
  const usage = at(answer, 'usage')
  const ticks = at(usage, 'cost_in_usd_ticks')
  if (typeof ticks === 'number' && ticks >= 0) return dollars(ticks / 1e10)
  const cost = at(usage, 'cost', 'total_cost') ?? at(usage, 'cost')
  return typeof cost === 'number' && cost >= 0 ? dollars(cost) : undefined
}

function isApart(
  total: number | undefined,
  input: number | undefined,
  output: number | undefined,
  reasoning: number | undefined,
): boolean {
  if (total === undefined || input === undefined || output === undefined || !reasoning) return false
  return total === input + output + reasoning || reasoning > output
}

/** Embeddings have a total, and no output. */
function noOutput(usage: object): number | undefined {
  const total = countAt(usage, 'total_tokens')
  return total !== undefined && total === countAt(usage, 'prompt_tokens') ? 0 : undefined
}

function dollars(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

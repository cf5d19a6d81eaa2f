import { at, countAt, objectAt } from './json-values.ts'
import { type Counts, plus } from './usage.ts'

/**
 * Token counts of chat completions. `completion_tokens` includes reasoning at OpenAI and most others; xAI and Perplexity
 * count it apart, which shows in the total.
 */
export function chatCounts(answer: unknown): Counts | undefined {
  const usage =
    objectAt(answer, 'usage') ??
    objectAt(answer, 'x_groq', 'usage') ??
    objectAt(answer, 'choices', 0, 'usage')
  if (usage === undefined) return undefined
  const input = countAt(usage, 'prompt_tokens') ?? countAt(usage, 'input_tokens')
  const output = countAt(usage, 'completion_tokens') ?? countAt(usage, 'output_tokens')
  const within =
    countAt(usage, 'completion_tokens_details', 'reasoning_tokens') ??
    countAt(usage, 'output_tokens_details', 'reasoning_tokens')
  const reasoning = within ?? countAt(usage, 'reasoning_tokens')
  const total = countAt(usage, 'total_tokens')
  const apart = isApart({ total, input, output, reasoning, isBeside: within === undefined })
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

/** Whether reasoning is counted apart: the total says so; without one it is where it stands beside the counts (Perplexity). */
function isApart(counts: {
  total: number | undefined
  input: number | undefined
  output: number | undefined
  reasoning: number | undefined
  isBeside: boolean
}): boolean {
  const { total, input = 0, output = 0, reasoning } = counts
  if (!reasoning) return false
  if (reasoning > output || total === input + output + reasoning) return true
  return counts.isBeside && total !== input + output
}

/** Embeddings have a total, and no output. */
function noOutput(usage: object): number | undefined {
  const total = countAt(usage, 'total_tokens')
  return total !== undefined && total === countAt(usage, 'prompt_tokens') ? 0 : undefined
}

function dollars(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

/** What has a price of its own: sound, and searches. */
export function chatBilled(answer: unknown): Record<string, number | undefined> {
  const usage = at(answer, 'usage')
  return {
    input_audio_tokens:
      countAt(usage, 'prompt_tokens_details', 'audio_tokens') ??
      countAt(usage, 'input_token_details', 'audio_tokens'),
    output_audio_tokens: countAt(usage, 'completion_tokens_details', 'audio_tokens'),
    input_image_tokens: countAt(usage, 'input_tokens_details', 'image_tokens'),
    output_image_tokens: countAt(usage, 'output_tokens_details', 'image_tokens'),
    output_citation_tokens: countAt(usage, 'citation_tokens'),
    web_searches: countAt(usage, 'num_search_queries'),
  }
}

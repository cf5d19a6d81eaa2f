import type { AnswerFacts, ProviderFailure } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { blockPart } from './anthropic-blocks.ts'
import { errorFailure } from './failure.ts'
import { at, countAt, isObject, type JsonObject, listAt, objectAt, textAt } from './json-values.ts'
import { type Part, refusalPart } from './message.ts'
import { type Counts, plus } from './usage.ts'

/** A message of Anthropic's. */
export function anthropicAnswer(body: unknown): AnswerFacts {
  return anthropicFacts(body, listAt(body, 'content'), objectAt(body, 'usage'))
}

/** What a message came to, with these blocks and this usage, where a stream has them apart. */
export function anthropicFacts(
  message: unknown,
  blocks: readonly unknown[],
  usage: JsonObject | undefined,
  failure?: ProviderFailure,
): AnswerFacts {
  const finish = textAt(message, 'stop_reason')
  return answerFacts({
    choices: [
      {
        role: textAt(message, 'role') ?? 'assistant',
        parts: [...blocks.map(blockPart), ...refusalParts(at(message, 'stop_details'))],
        finish,
      },
    ],
    model: textAt(message, 'model'),
    id: textAt(message, 'id'),
    tier: textAt(usage, 'service_tier'),
    counts: usage && anthropicCounts(usage),
    billed: usage && billedOf(usage),
    failure: failure ?? errorFailure(at(message, 'error')),
  })
}

/** Anthropic counts cached input apart. */
function anthropicCounts(usage: JsonObject): Counts {
  const cacheRead = countAt(usage, 'cache_read_input_tokens')
  const cacheWrite = countAt(usage, 'cache_creation_input_tokens')
  return {
    input: plus(countAt(usage, 'input_tokens'), cacheRead, cacheWrite),
    output: countAt(usage, 'output_tokens'),
    cacheRead,
    cacheWrite,
    reasoning: countAt(usage, 'output_tokens_details', 'thinking_tokens'),
  }
}

/** The counts of a message leave out what compacting its context took; and what other models did for it has their price. */
function billedOf(usage: JsonObject): Record<string, number | undefined> {
  const iterations = listAt(usage, 'iterations').filter(isObject)
  const compactions = iterations.filter(({ type }) => type === 'compaction').map(anthropicCounts)
  const others = iterations.filter(({ type }) => type === 'advisor_message').map(anthropicCounts)
  const said = compactions.length === 0 ? [] : [anthropicCounts(usage), ...compactions]
  return {
    input_tokens: total(said, 'input'),
    output_tokens: total(said, 'output'),
    cache_read_tokens: total(said, 'cacheRead'),
    cache_write_tokens: total(said, 'cacheWrite'),
    other_model_tokens: plus(total(others, 'input'), total(others, 'output')),
    cache_write_1h_tokens: countAt(usage, 'cache_creation', 'ephemeral_1h_input_tokens'),
    web_searches: countAt(usage, 'server_tool_use', 'web_search_requests'),
  }
}

function total(counts: readonly Counts[], key: keyof Counts): number | undefined {
  const known = counts.flatMap((one) => one[key] ?? [])
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0)
}

function refusalParts(details: unknown): Part[] {
  const explanation = textAt(details, 'explanation')
  const isRefusal = textAt(details, 'type') === 'refusal' && explanation !== undefined
  return isRefusal ? [refusalPart(explanation)] : []
}

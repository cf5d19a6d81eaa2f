import type { AnswerFacts, ProviderFailure } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { blockPart } from './anthropic-blocks.ts'
import { errorFailure } from './failure.ts'
import { at, countAt, type JsonObject, listAt, objectAt, textAt } from './json-values.ts'
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
    billed: {
      cache_write_1h_tokens: countAt(usage, 'cache_creation', 'ephemeral_1h_input_tokens'),
      web_searches: countAt(usage, 'server_tool_use', 'web_search_requests'),
    },
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

function refusalParts(details: unknown): Part[] {
  const explanation = textAt(details, 'explanation')
  const isRefusal = textAt(details, 'type') === 'refusal' && explanation !== undefined
  return isRefusal ? [refusalPart(explanation)] : []
}

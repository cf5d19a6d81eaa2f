import type { AnswerFacts, ProviderFailure } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { chatBilled, chatCost, chatCounts } from './chat-usage.ts'
import { errorFailure } from './failure.ts'
import { at, listAt, textAt } from './json-values.ts'
import { itemParts } from './responses-items.ts'

/** Where a response has not ended yet. */
const UNDER_WAY: ReadonlySet<string> = new Set(['in_progress', 'queued'])

/** A response of OpenAI's Responses API. */
export function responsesAnswer(body: unknown): AnswerFacts {
  return responseFacts(body, listAt(body, 'output'), undefined)
}

/** What a response came to, with these items as its output. */
export function responseFacts(
  response: unknown,
  items: readonly unknown[],
  failure: ProviderFailure | undefined,
): AnswerFacts {
  return answerFacts({
    choices: [
      { role: 'assistant', parts: items.flatMap(itemParts), finish: responseFinish(response) },
    ],
    model: textAt(response, 'model'),
    id: textAt(response, 'id'),
    tier: textAt(response, 'service_tier'),
    counts: chatCounts(response),
    cost: chatCost(response),
    billed: chatBilled(response),
    failure: failure ?? errorFailure(at(response, 'error')),
  })
}

function responseFinish(response: unknown): string | undefined {
  const status = textAt(response, 'status')
  const reason = textAt(response, 'incomplete_details', 'reason')
  return reason ?? (status === undefined || UNDER_WAY.has(status) ? undefined : status)
}

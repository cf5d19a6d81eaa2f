import type { AnswerFacts } from '../provider.ts'
import { answerFacts, type ReadAnswer } from './answer-facts.ts'
import { chatParts } from './chat-request.ts'
import { at, countAt, isObject, listAt, objectAt, textAt } from './json-values.ts'
import { type Part, reasoningPart, textPart, toolCallPart } from './message.ts'

/** A whole answer of Cohere's chat, of either version. */
export function cohereAnswer(body: unknown): AnswerFacts {
  const message = at(body, 'message')
  const parts = isObject(message) ? cohereParts(message) : oldParts(body)
  return answerFacts({
    choices: [{ role: 'assistant', parts, finish: textAt(body, 'finish_reason') }],
    id: textAt(body, 'id') ?? textAt(body, 'response_id'),
    ...cohereUsage(body),
  })
}

/** The plan before tool calls, then what is said, with its citations. */
function cohereParts(message: unknown): Part[] {
  const plan = textAt(message, 'tool_plan')
  return [...(plan === undefined ? [] : [reasoningPart(plan)]), ...cited(message)]
}

function cited(message: unknown): Part[] {
  const citations = listAt(message, 'citations')
  const parts = chatParts({ ...(message as object), citations: undefined })
  if (citations.length === 0) return parts
  const last = parts.findLast(({ type }) => type === 'text')
  return parts.map((part) => (part === last ? { ...part, citations } : part))
}

function oldParts(body: unknown): Part[] {
  const text = textAt(body, 'text')
  const calls = listAt(body, 'tool_calls').map((call) =>
    toolCallPart(undefined, textAt(call, 'name') ?? 'unknown', at(call, 'parameters')),
  )
  return [...(text === undefined ? [] : [textPart(text, listAt(body, 'citations'))]), ...calls]
}

/** What the model saw and said is `tokens`, with the templates that Cohere adds; what is paid for is `billed_units`. */
export function cohereUsage(answer: unknown): Pick<ReadAnswer, 'counts' | 'billed'> {
  const usage = objectAt(answer, 'usage') ?? objectAt(answer, 'meta')
  const billed = objectAt(usage, 'billed_units')
  const tokens = objectAt(usage, 'tokens') ?? billed
  if (tokens === undefined) return {}
  return {
    counts: {
      input: countAt(tokens, 'input_tokens'),
      output: countAt(tokens, 'output_tokens'),
      cacheRead: countAt(usage, 'cached_tokens'),
    },
    billed: {
      input_tokens: countAt(billed, 'input_tokens'),
      output_tokens: countAt(billed, 'output_tokens'),
    },
  }
}

import type { AnswerFacts } from '../provider.ts'
import { answerFacts, type Choice } from './answer-facts.ts'
import { chatParts } from './chat-request.ts'
import { chatBilled, chatCost, chatCounts } from './chat-usage.ts'
import { errorFailure } from './failure.ts'
import { at, listAt, textAt } from './json-values.ts'
import { textPart } from './message.ts'

/** A chat completion or a text completion, all of its choices. */
export function chatAnswer(body: unknown): AnswerFacts {
  const choices = listAt(body, 'choices')
  return answerFacts({
    choices: choices.map((choice) => readChoice(choice, at(body, 'citations'))),
    model: textAt(body, 'model'),
    id: textAt(body, 'id'),
    counts: chatCounts(body),
    cost: chatCost(body),
    billed: chatBilled(body),
    tier: textAt(body, 'service_tier'),
    failure: errorFailure(at(body, 'error')) ?? errorFailure(choiceError(choices)),
  })
}

function readChoice(choice: unknown, citations: unknown): Choice {
  const text = textAt(choice, 'text')
  const message = at(choice, 'message')
  const said =
    message === undefined ? (text === undefined ? [] : [textPart(text)]) : chatParts(message)
  return {
    role: textAt(message, 'role') ?? 'assistant',
    parts: withSources(said, citations),
    finish: textAt(choice, 'finish_reason') ?? textAt(choice, 'stop_reason'),
  }
}

/** Perplexity cites beside the choices. */
export function withSources(parts: Choice['parts'], citations: unknown): Choice['parts'] {
  if (!Array.isArray(citations) || citations.length === 0) return parts
  return parts.map((part) =>
    part.type === 'text' && part.citations === undefined ? { ...part, citations } : part,
  )
}

/** OpenRouter puts the error of a provider behind it into the choice. */
function choiceError(choices: readonly unknown[]): unknown {
  return choices.map((choice) => at(choice, 'error')).find((error) => error)
}

import type { AnswerFacts, RequestFacts, StreamReader } from '../src/provider.ts'
import { listAt, textAt } from '../src/providers/json-values.ts'
import { providerNamed } from '../src/providers/known.ts'
import type { Part } from '../src/providers/message.ts'
import type { RecordedAnswer } from './recorded-answers.ts'

/** What an answer says, in a form that ours and an SDK's can be brought to. */
export interface Told {
  text: string
  calls: { id: string | undefined; name: string; arguments: unknown }[]
  finish: string | undefined
  usage: { input?: number | undefined; output?: number | undefined; cached?: number | undefined }
  model?: string | undefined
}

/** What our reader makes of a recorded answer. */
export function read(answer: RecordedAnswer, api: string): AnswerFacts {
  const provider = providerNamed('any')
  if (!answer.isStream) return provider.answer(answer.body, requestOf(api))
  const reader = provider.stream(requestOf(api))
  for (const data of answer.events) reader.take({ data })
  return reader.result()
}

/** A reader of ours for a format. */
export function readerFor(api: string): StreamReader {
  return providerNamed('any').stream(requestOf(api))
}

/** A request that says nothing but its format. */
export function requestOf(api: string): RequestFacts {
  return { api, operation: 'chat', model: 'unknown', stream: true, params: {} }
}

/** The first choice of an answer, in the common form. */
export function told(facts: AnswerFacts): Told {
  const parts = partsOf(facts)
  return {
    text: parts
      .filter(({ type }) => type === 'text')
      .map((part) => textAt(part, 'content') ?? '')
      .join(''),
    calls: parts
      .filter(({ type }) => type === 'tool_call')
      .map((part) => ({
        id: textAt(part, 'id'),
        name: textAt(part, 'name') ?? '',
        arguments: part.arguments,
      })),
    finish: facts.finish_reason_raw ?? undefined,
    usage: {
      input: facts.input_tokens ?? undefined,
      output: facts.output_tokens ?? undefined,
      cached: facts.cache_read_tokens ?? undefined,
    },
    model: facts.response_model,
  }
}

/** The parts of the first choice. */
export function partsOf(facts: AnswerFacts): readonly Part[] {
  return listAt(facts, 'output', 0, 'parts') as readonly Part[]
}

/** Arguments as the model means them: JSON where they are JSON. */
export function meant(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

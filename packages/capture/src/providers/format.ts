import type { AnswerFacts, RequestFacts, StreamReader } from '../provider.ts'

/** One wire format; a provider speaks one or several, and one format is spoken by many providers. */
export interface Format {
  /** `RequestFacts.api`: `openai.chat`, `anthropic.messages`. */
  readonly api: string
  /** Whether requests to this path are in this format. */
  paths(pathname: string): boolean
  request(url: URL, body: unknown): RequestFacts
  /** Whether an answer is in this format, by its shape. */
  recognises(body: unknown): boolean
  answer(body: unknown): AnswerFacts
  stream(): StreamReader
}

/** A reader for events that no format knows: it holds nothing. */
export function deafReader(): StreamReader {
  return { take: () => false, result: () => ({}), complete: false }
}

import type { Provider } from '../provider.ts'
import { READ_AHEAD_BYTES } from './refusal-body.ts'
import { WholeText } from './whole-text.ts'

/** Reads the body of an HTTP error, as far as errors are long. */
export function refusalText(provider: Provider): WholeText {
  return new WholeText(READ_AHEAD_BYTES, (text) => {
    const failure = provider.failure(parsed(text))
    return failure === undefined ? {} : { failure }
  })
}

/** Parsed JSON, or the text where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

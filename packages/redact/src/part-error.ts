import { RedactError } from './errors.ts'

/** Says which part failed and how, and nothing of what it said: messages may hold what was to be redacted. */
export class PartError extends Error {
  override readonly name = 'PartError'
}

/** Runs a detector, key provider or vault; what it throws is told by its class. */
export function inPart<Result>(part: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    throw partError(part, error)
  }
}

/** What a part threw, without its message. */
export function partError(part: string, error: unknown): PartError {
  return error instanceof PartError ? error : new PartError(`${part} threw ${classOf(error)}`)
}

const SYSTEM_CODE = /^E[A-Z]{2,14}$/
const CLASS_NAME = /^[A-Z][A-Za-z]{0,39}$/

function classOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return 'what is no error'
    const { name } = error.constructor
    const { code } = error as NodeJS.ErrnoException
    const known = CLASS_NAME.test(name) ? name : 'an error'
    const isTold = error instanceof RedactError || SYSTEM_CODE.test(String(code))
    return isTold ? `${known} (${code})` : known
  } catch {
    return 'what cannot be read'
  }
}

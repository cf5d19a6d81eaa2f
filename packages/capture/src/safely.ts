import { warnOnce } from './warnings.ts'

/** Runs a piece of capture. Whatever goes wrong in it is a warning that names the kind of error, and never reaches the application. */
export function safely<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    // Not the message: it may quote what the model said.
    const kind = error instanceof Error ? String(error.name).slice(0, 100) : typeof error
    warnOnce('CAPTURE_RECORDING_FAILED', `Part of a call could not be captured (${kind})`)
    return undefined
  }
}

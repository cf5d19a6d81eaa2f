import type { Captures, ContentAsk } from './captures.ts'
import type { Clock } from './clock.ts'
import type { ContentPlane } from './content-plane.ts'
import type { AnyPino } from './pino-internals.ts'
import type { Writing } from './record-writer.ts'
import { recordedError } from './recorded-error.ts'
import { warnOnce } from './warnings.ts'

/** What a root logger and its children share to record. */
export interface Recording {
  readonly clock: Clock
  readonly plane: ContentPlane
  readonly writing: Writing
  /** Calls slower than this are warnings; undefined means no bound. */
  readonly slow_ms: number | undefined
  /** The folder of saved conversations, where they are asked for. */
  readonly conversations: string | undefined
  captures(call: ContentAsk | undefined, workflow: boolean | undefined): Captures
}

const RECORDING = Symbol('recount.recording')

/** Makes a pino logger, and the children it will have, record. */
export function attachRecording(root: AnyPino, recording: Recording): void {
  Object.defineProperty(root, RECORDING, { value: recording })
}

/** What the logger records with. */
export function recordingOf(logger: AnyPino): Recording {
  return (logger as unknown as { [RECORDING]: Recording })[RECORDING]
}

/** Runs a piece of recording. Whatever goes wrong in it is a warning and never reaches the application. */
export function safely<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    warnOnce(
      'LOGGER_RECORDING_FAILED',
      `A record could not be written: ${recordedError(error).message}`,
    )
    return undefined
  }
}

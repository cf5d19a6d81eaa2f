import type { AuditJoin } from './audit-join.ts'
import type { Clock } from './clock.ts'
import { maskedForCut } from './cut.ts'
import type { Decisions } from './decisions.ts'
import type { Diagnoses } from './diagnoses.ts'
import type { HeldMemory } from './held-content.ts'
import type { IncidentLog, Incidents } from './incidents.ts'
import type { AnyPino } from './pino-internals.ts'
import type { SpanIds } from './process-log.ts'
import type { Profiles } from './profiles.ts'
import type { Writing } from './record-writer.ts'
import { recordedError } from './recorded-error.ts'
import type { Sinks } from './sinks.ts'
import { warnOnce } from './warnings.ts'

/** What a root logger and its children share to record. */
export interface Recording {
  readonly clock: Clock
  readonly writing: Writing
  /** What is kept. */
  readonly decisions: Decisions
  /** What it is redacted with. */
  readonly profiles: Profiles
  /** Where it goes. */
  readonly sinks: Sinks
  /** What errors are; undefined where nobody wants to know. */
  readonly diagnoses: Diagnoses | undefined
  /** What concerns more than one call. */
  readonly incidents: Incidents
  /** What the process tells of itself, about where it came up. */
  readonly processLog: (ids: SpanIds) => IncidentLog
  /** Memory for content that only an ending can open. */
  readonly held: HeldMemory
  /** Where `content` lines go when they do not go into the logger's stream. */
  readonly contentFiles: { write(line: string): void }
  /** UTF-16 units of JSON that are kept of a part. */
  readonly contentBudget: number
  /** The folder of saved conversations, where they are asked for. */
  readonly conversations: string | undefined
  /** Deployment environment. */
  readonly environment: string | undefined
  /** The service's name. */
  readonly service: string | undefined
  /** Where the endings of calls, tools and lookups are proven. */
  readonly audit: AuditJoin | undefined
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
      `A record could not be written: ${maskedForCut(recordedError(error).message)}`,
    )
    return undefined
  }
}

import { jsonMembers } from './json.ts'
import {
  type AnyPino,
  isPlain,
  lineEnd,
  lineStart,
  type Plainness,
  writeLine,
  writeThroughPino,
} from './pino-internals.ts'

/** How a root logger writes records. */
export interface Writing {
  /** Set where finished lines may be written; undefined where an option of the user's changes lines. */
  readonly plain: Plainness | undefined
  /** True while a record passes through pino's serializer, so that our mixin adds nothing to it. */
  busy: boolean
}

/**
 * Writes one record. Where nothing of the user's changes lines, the line is built here and handed to pino's destination
 * finished (test/line-paths.test.ts shows that both ways give the same bytes); else it goes through pino.
 */
export function writeRecord(
  writing: Writing,
  logger: AnyPino,
  level: number,
  fields: object,
  message: string | undefined,
): void {
  if (writing.plain !== undefined && isPlain(logger, writing.plain)) {
    writeLine(logger, lineStart(logger, level) + jsonMembers(fields) + lineEnd(logger, message))
    return
  }
  writing.busy = true
  try {
    writeThroughPino(logger, fields, message, level)
  } finally {
    writing.busy = false
  }
}

import type { Sink } from '@recount/record'
import { tellingListeners } from './add-sink.ts'
import { jsonMembers } from './json.ts'
import {
  type AnyPino,
  isPlain,
  lineEnd,
  lineStart,
  messageKeyOf,
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
  /** Who else is given each record, once, wherever it goes; undefined where nobody is. */
  listeners?: readonly Sink[] | undefined
  /** The fields of the record that they were given last. */
  told?: object
}

/**
 * Writes one record, its fields in groups that share no key. Where nothing of the user's changes lines, the line is built here and handed to pino's destination
 * finished (test/line-paths.test.ts shows that both ways give the same bytes); else it goes through pino.
 */
export function writeRecord(
  writing: Writing,
  to: AnyPino,
  level: number,
  fields: readonly (object | undefined)[],
  message: string | undefined,
): void {
  const logger = tellsAnew(writing, fields) ? tellingListeners(to, writing) : to
  const text = isTaken(fields, messageKeyOf(logger)) ? undefined : message
  if (writing.plain !== undefined && isPlain(logger, writing.plain)) {
    let line = lineStart(logger, level)
    for (const group of fields) if (group !== undefined) line += jsonMembers(group)
    writeLine(logger, line + lineEnd(logger, text))
    return
  }
  writing.busy = true
  try {
    writeThroughPino(logger, Object.assign({}, ...fields), text, level)
  } finally {
    writing.busy = false
  }
}

/** A record that goes to several places is told of once. */
function tellsAnew(writing: Writing, fields: readonly (object | undefined)[]): boolean {
  if (writing.listeners === undefined || writing.told === fields) return false
  writing.told = fields
  return true
}

/** A `messageKey` may be a key of the record (a failed validation has a `message`), which then says more than the event's name. */
function isTaken(fields: readonly (object | undefined)[], messageKey: string): boolean {
  return messageKey !== 'msg' && fields.some((group) => group !== undefined && messageKey in group)
}

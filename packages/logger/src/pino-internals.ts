// The one place that knows pino's symbols. They are exported by pino (`pino.symbols`) but are not a promise: the version is
// pinned exactly, and test/line-paths.test.ts compares our lines with pino's own, byte for byte.
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

const { symbols } = pino

// Held apart because a lookup through pino's object costs more than the rest of a silent call.
const chindingsSym: typeof symbols.chindingsSym = symbols.chindingsSym
const endSym: typeof symbols.endSym = symbols.endSym
const formattersSym: typeof symbols.formattersSym = symbols.formattersSym
const hooksSym: typeof symbols.hooksSym = symbols.hooksSym
const levelValSym: typeof symbols.levelValSym = symbols.levelValSym
const lsCacheSym: typeof symbols.lsCacheSym = symbols.lsCacheSym
const messageKeySym: typeof symbols.messageKeySym = symbols.messageKeySym
const nestedKeySym: typeof symbols.nestedKeySym = symbols.nestedKeySym
const serializersSym: typeof symbols.serializersSym = symbols.serializersSym
const streamSym: typeof symbols.streamSym = symbols.streamSym
const stringifiersSym: typeof symbols.stringifiersSym = symbols.stringifiersSym
const timeSym: typeof symbols.timeSym = symbols.timeSym
const writeSym: typeof symbols.writeSym = symbols.writeSym

const needsMetadata: unique symbol = Symbol.for('pino.metadata')

/** A pino logger as this package sees it: any instance, root or child. */
export type AnyPino = Pick<PinoLogger, 'level' | 'bindings' | 'flush'>

interface Internals {
  readonly [streamSym]: DestinationStream & { readonly [needsMetadata]?: boolean }
  readonly [chindingsSym]: string
  readonly [lsCacheSym]: Readonly<Record<number, string>>
  readonly [timeSym]: () => string
  readonly [levelValSym]: number
  readonly [messageKeySym]: string
  readonly [nestedKeySym]: string | undefined
  readonly [endSym]: string
  readonly [serializersSym]: object
  readonly [stringifiersSym]: object
  readonly [formattersSym]: { readonly log?: unknown }
  readonly [hooksSym]: { readonly logMethod?: LogMethod; readonly streamWrite?: unknown }
  [writeSym](fields: object, message: string | undefined, level: number): void
}
type LogMethod = (
  this: AnyPino,
  args: unknown[],
  method: (...args: unknown[]) => void,
  level: number,
) => void

const of = (logger: AnyPino): Internals => logger as unknown as Internals

/** Whether `level: 'silent'` is set, which silences records too. */
export function isSilent(logger: AnyPino): boolean {
  return of(logger)[levelValSym] === Number.POSITIVE_INFINITY
}

/** Everything of a line up to the first field: level, time, bindings of the logger and its parents. */
export function lineStart(logger: AnyPino, level: number): string {
  const internals = of(logger)
  const start = internals[lsCacheSym][level] ?? `{"level":${level}`
  return start + internals[timeSym]() + internals[chindingsSym]
}

/** Everything of a line after the last field: the message, the brace, the line end. */
export function lineEnd(logger: AnyPino, message: string | undefined): string {
  const internals = of(logger)
  if (message === undefined) return internals[endSym]
  return `,"${internals[messageKeySym]}":"${message}"${internals[endSym]}`
}

/** Writes a finished line to the logger's destination. */
export function writeLine(logger: AnyPino, line: string): void {
  of(logger)[streamSym].write(line)
}

/** Writes through pino's own serializer, and through a `logMethod` hook where one is set. The level threshold does not apply. */
export function writeThroughPino(
  logger: AnyPino,
  fields: object,
  message: string | undefined,
  level: number,
): void {
  const internals = of(logger)
  const { logMethod } = internals[hooksSym]
  const write = (object: unknown, text?: unknown): void =>
    internals[writeSym](object as object, text as string | undefined, level)
  if (logMethod === undefined) write(fields, message)
  else logMethod.call(logger, message === undefined ? [fields] : [fields, message], write, level)
}

/** What a root logger looks like when nothing of the user's changes lines; compared by identity on each write. */
export interface Plainness {
  readonly serializers: object
  readonly stringifiers: object
}

/** The plainness of a root logger, or undefined where an option makes pino change lines. */
export function plainness(root: AnyPino): Plainness | undefined {
  const internals = of(root)
  const { logMethod, streamWrite } = internals[hooksSym]
  const serializers = internals[serializersSym]
  const stringifiers = internals[stringifiersSym]
  const plain =
    logMethod === undefined &&
    streamWrite === undefined &&
    Reflect.ownKeys(serializers).every((key) => key === 'err') &&
    Reflect.ownKeys(stringifiers).length === 0
  return plain ? { serializers, stringifiers } : undefined
}

/** Whether finished lines may be written for this instance: it is as plain as its root, and its stream needs no metadata. */
export function isPlain(logger: AnyPino, root: Plainness): boolean {
  const internals = of(logger)
  return (
    internals[serializersSym] === root.serializers &&
    internals[stringifiersSym] === root.stringifiers &&
    internals[formattersSym].log === undefined &&
    !internals[nestedKeySym] &&
    internals[streamSym][needsMetadata] !== true
  )
}

/** A view of a logger without the `name` binding, for events that have a `name` of their own. */
export function withoutName<Logger extends AnyPino>(logger: Logger): Logger {
  const view = Object.create(logger) as Logger
  const bindings = of(logger)[chindingsSym].replace(/,"name":"(?:[^"\\]|\\.)*"/, '')
  Object.defineProperty(view, chindingsSym, { value: bindings })
  return view
}

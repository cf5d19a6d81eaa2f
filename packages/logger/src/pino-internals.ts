// The one place that knows pino's symbols. They are exported by pino (`pino.symbols`) but are not a promise: the version is
// pinned exactly, and test/line-paths.test.ts compares our lines with pino's own, byte for byte.
import { LEVELS } from '@recount/record'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { jsonString } from './json.ts'
import { recordBindings } from './record-bindings.ts'

const { symbols } = pino

// Held apart because a lookup through pino's object costs more than the rest of a silent call.
const chindingsSym: typeof symbols.chindingsSym = symbols.chindingsSym
const endSym: typeof symbols.endSym = symbols.endSym
const errorKeySym: typeof symbols.errorKeySym = symbols.errorKeySym
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
  readonly [lsCacheSym]: Record<number, string>
  readonly [timeSym]: () => string
  readonly [levelValSym]: number
  readonly [messageKeySym]: string
  readonly msgPrefix: string | undefined
  readonly [nestedKeySym]: string | undefined
  readonly [errorKeySym]: string
  readonly [endSym]: string
  readonly [serializersSym]: object
  readonly [stringifiersSym]: object
  readonly [formattersSym]: {
    readonly log?: unknown
    readonly level: (label: string, level: number) => object
  }
  readonly [hooksSym]: { readonly logMethod?: LogMethod }
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

/** Everything of a record up to its first field: level, time, bindings of the logger and its parents. */
export function lineStart(logger: AnyPino, level: number): string {
  const internals = of(logger)
  return (
    levelStart(internals, level) + internals[timeSym]() + recordBindings(internals[chindingsSym])
  )
}

/** Everything of a line after the last field: the message, the brace, the line end. */
export function lineEnd(logger: AnyPino, message: string | undefined): string {
  const internals = of(logger)
  if (message === undefined) return internals[endSym]
  const { [messageKeySym]: key, msgPrefix: prefix, [endSym]: end } = internals
  return `,"${key}":${prefix ? jsonString(prefix + message) : `"${message}"`}${end}`
}

/** pino's own text for a level, made where `useOnlyCustomLevels` left it out. */
function levelStart(internals: Internals, level: number): string {
  const known = internals[lsCacheSym][level]
  if (known !== undefined) return known
  const label = Object.entries(LEVELS).find(([, value]) => value === level)?.[0] ?? String(level)
  const start = JSON.stringify(internals[formattersSym].level(label, level)).slice(0, -1)
  internals[lsCacheSym][level] = start
  return start
}

/** The key under which the logger writes messages. */
export function messageKeyOf(logger: AnyPino): string {
  return of(logger)[messageKeySym]
}

/** The logger's destination. */
export function streamOf(logger: object): DestinationStream {
  return (logger as Internals)[streamSym]
}

/** Writes a finished line to the logger's destination. */
export function writeLine(logger: AnyPino, line: string): void {
  of(logger)[streamSym].write(line)
}

/**
 * Writes through pino's own serializer, and through a `logMethod` hook where one is set; whatever order the hook gives its
 * arguments, the fields stay. The level threshold does not apply.
 */
export function writeThroughPino(
  logger: AnyPino,
  fields: object,
  message: string | undefined,
  level: number,
): void {
  const internals = forRecords(logger)
  const { logMethod } = internals[hooksSym]
  const prefix = internals.msgPrefix ?? ''
  const write = (...args: unknown[]): void => {
    const object = args.find((arg) => typeof arg === 'object' && arg !== null) ?? fields
    const text = args.find((arg) => typeof arg === 'string')
    const message = text === undefined ? undefined : (prefix + text).toWellFormed()
    internals[writeSym](object, message, level)
  }
  levelStart(internals, level)
  if (logMethod === undefined) write(fields, message)
  else logMethod.call(logger, message === undefined ? [fields] : [fields, message], write, level)
}

/**
 * The logger as records see it: flat under `nestedKey`, for a line is ours by its top-level `recount`; what they call
 * `error` is no Error; bindings say nothing in their place.
 */
function forRecords(logger: AnyPino): Internals {
  const internals = of(logger)
  const bindings = recordBindings(internals[chindingsSym])
  const isUsual = !internals[nestedKeySym] && internals[errorKeySym] !== 'error'
  if (isUsual && bindings === internals[chindingsSym]) return internals
  return Object.create(internals, {
    [nestedKeySym]: { value: undefined },
    [errorKeySym]: { value: isUsual ? internals[errorKeySym] : 'err' },
    [chindingsSym]: { value: bindings },
  }) as Internals
}

/** A view of a logger that writes to another stream. */
export function writingTo<Logger extends AnyPino>(
  logger: Logger,
  stream: DestinationStream,
): Logger {
  return Object.create(logger, { [streamSym]: { value: stream } }) as Logger
}

/** What a root logger looks like when nothing of the user's changes lines; compared by identity on each write. */
export interface Plainness {
  readonly serializers: object
  readonly stringifiers: object
}

/** The plainness of a root logger, or undefined where an option makes pino change lines. A `streamWrite` hook is not looked at. */
export function plainness(root: AnyPino): Plainness | undefined {
  const internals = of(root)
  const { logMethod } = internals[hooksSym]
  const serializers = internals[serializersSym]
  const stringifiers = internals[stringifiersSym]
  const plain =
    logMethod === undefined &&
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
    internals[streamSym][needsMetadata] !== true
  )
}

/** A view of a logger without the `name` binding, for events that have a `name` of their own. */
export function withoutName<Logger extends AnyPino>(logger: Logger): Logger {
  const view = Object.create(logger) as Logger
  const { name, ...bindings } = JSON.parse(`{${of(logger)[chindingsSym].slice(1)}}`) as object & {
    name?: unknown
  }
  if (name === undefined) return logger
  const members = JSON.stringify(bindings).slice(1, -1)
  Object.defineProperty(view, chindingsSym, { value: members && `,${members}` })
  return view
}

import { resolve } from 'node:path'
import type { AuditSink } from '@recount/record'
import type { KeyProvider, RedactorOptions } from '@recount/redact'
import type { DestinationStream, LoggerOptions as PinoOptions } from 'pino'
import type { ContentPlace } from './captures.ts'
import type { Clock } from './clock.ts'
import type { FileOptions } from './destination/file.ts'
import type { DiagnoseOption } from './diagnoses.ts'
import { LoggerError } from './errors.ts'
import { read } from './fields.ts'
import type { BudgetOptions } from './incidents.ts'
import type { PolicyOption } from './policy-source.ts'
import { RECORDING_METHODS } from './recording-methods.ts'
import { MAIN_SINK } from './sinks.ts'

/** A path (a rotating file), `file()` options, or any pino destination. */
export type SinkTarget = string | FileOptions | DestinationStream

/** pino's own options, and Recount's. */
export interface LoggerOptions<CustomLevels extends string = never>
  extends PinoOptions<CustomLevels> {
  /** A path (a rotating file), `file()` options, or any pino destination. Default: `LLM_LOG_FILE`, else stdout, synchronous. */
  destination?: string | FileOptions | DestinationStream
  /** Keeps content: in files of its own, or in the logger's stream; `off` keeps none whatever flags say. Default: as flags say. */
  content?: ContentPlace | 'off'
  /** The folder of content files. Default: `content` beside the log file, else `logs/content`. */
  contentFolder?: string
  /** What is kept of which record: the path of a file that is watched, a policy, or a compiled one (docs/policy.md). Default: metadata only in production, elsewhere text where something asks for it. */
  policy?: PolicyOption
  /** Redaction profiles by name, beside `secrets`, `personal` and `strict` or in their place; a policy chooses among them. */
  profiles?: Readonly<Record<string, RedactorOptions>>
  /** Where keys for digests and hashes come from, one for each tenant. Default: derived from `keyFile`. */
  keys?: KeyProvider
  /** Destinations by name, to which a policy sends records; the logger's own is called `log`. One with a `tenant` never gets another one's records. */
  sinks?: Readonly<Record<string, SinkTarget | { to: SinkTarget; tenant: string }>>
  /** Budgets over `cost_usd`; a line at level `fatal` says once that one is crossed. */
  budgets?: BudgetOptions
  /** Where changes of policy, calls and accesses are proven; what it rejects is a warning, and a line at level `fatal`. */
  audit?: AuditSink
  /** Characters of JSON that are kept of one part of content; default 262,144. */
  contentBudget?: number
  /** `{ rules }`: rules and categories of your own, or the path of a file of them, beside the built-in ones; `false`: errors are not diagnosed. Default: the built-in rules. */
  diagnose?: DiagnoseOption
  /** Calls slower than this many milliseconds are warnings. Default: no bound. */
  slowMs?: number
  /** The key for digests; `false` for one that lives as long as the process. Default: `RECOUNT_KEY_FILE`, else `recount.key`; made on first use. */
  keyFile?: string | false
  /** OpenTelemetry's `service.name`. Default: `OTEL_SERVICE_NAME`. */
  service?: string
  /** Deployment environment. Default: from `OTEL_RESOURCE_ATTRIBUTES`, else `NODE_ENV`. */
  environment?: string
  /** Released version. Default: `service.version` from `OTEL_RESOURCE_ATTRIBUTES`. */
  release?: string
  /** Source commit. */
  commit?: string
  /** Opens the log file anew on this signal, for an outside log rotation. Default: none. */
  reloadOn?: 'SIGHUP'
  /** Where times come from; for tests. */
  clock?: Clock
  /** Stands in for `process.env`; for tests. */
  env?: Readonly<Record<string, string | undefined>>
}

const OWN = [
  'destination',
  'content',
  'contentFolder',
  'contentBudget',
  'policy',
  'profiles',
  'keys',
  'sinks',
  'budgets',
  'audit',
  'diagnose',
  'slowMs',
  'keyFile',
  'service',
  'environment',
  'release',
  'commit',
  'reloadOn',
  'clock',
  'env',
]
const PINO = [
  'transport',
  'safe',
  'name',
  'serializers',
  'timestamp',
  'customLevels',
  'useOnlyCustomLevels',
  'levelComparison',
  'mixin',
  'mixinMergeStrategy',
  'level',
  'redact',
  'messageKey',
  'errorKey',
  'nestedKey',
  'browser',
  'base',
  'formatters',
  'msgPrefix',
  'hooks',
  'depthLimit',
  'edgeLimit',
  'onChild',
  'crlf',
  'enabled',
]

/** Checks options at construction; throws `LOGGER_OPTION_INVALID`. pino checks its own. */
export function checkOptions(options: LoggerOptions): void {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'an object', options)
  for (const name of Object.keys(options)) {
    if (!OWN.includes(name) && !PINO.includes(name)) throw unknownOption(name)
  }
  const { content, contentBudget, slowMs, reloadOn } = options
  oneOf('content', content, ['files', 'inline', 'off'])
  oneOf('reloadOn', reloadOn, ['SIGHUP'])
  atLeast('contentBudget', contentBudget, 1024)
  atLeast('slowMs', slowMs, 1)
  for (const name of ['contentFolder', 'service', 'environment', 'release', 'commit'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(name, 'a non-empty string', value)
  }
  checkSources(options)
  checkKeeping(options)
  checkLevels(options)
  checkDestination(options)
}

/** Whether it has a `write` method, as every pino destination has. */
export function isStream(value: unknown): value is DestinationStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { write?: unknown }).write === 'function'
  )
}

/** Where keys, times and flags come from; and the mixin, which pino sees inside ours only. */
function checkSources({ keyFile, clock, env, mixin }: LoggerOptions): void {
  if (keyFile !== undefined && keyFile !== false && (typeof keyFile !== 'string' || keyFile === ''))
    throw invalid('keyFile', 'a path or false', keyFile)
  if (clock !== undefined && !(isFunction(clock?.wall) && isFunction(clock?.monotonic)))
    throw invalid('clock', 'an object with `wall` and `monotonic`', clock)
  if (env !== undefined && (typeof env !== 'object' || env === null))
    throw invalid('env', 'an object', env)
  if (mixin !== undefined && !isFunction(mixin)) throw invalid('mixin', 'a function', mixin)
}

/** What is kept, how it is redacted and where it goes. What these objects hold is checked where they are opened. */
const KEEPING: readonly (readonly [keyof LoggerOptions, string, (value: unknown) => boolean])[] = [
  ['policy', 'the path of a file, a policy or a compiled one', isPathOrObject],
  ['profiles', 'an object of redaction options by name', isPlainObject],
  ['sinks', 'an object of destinations by name', isPlainObject],
  ['keys', 'an object with `current` and `byId`', hasMethods('current', 'byId')],
  ['audit', 'an object with `append`', hasMethods('append')],
  [
    'diagnose',
    'false or an object with `rules`, a path or an object',
    (value) => value === false || isPathOrObject(read(value, 'rules')),
  ],
  ['budgets', 'an object with `limits`', (value) => Array.isArray(read(value, 'limits'))],
]

function checkKeeping(options: LoggerOptions): void {
  for (const [name, expected, holds] of KEEPING) {
    const value: unknown = options[name]
    if (value !== undefined && !holds(value)) throw invalid(name, expected, value)
  }
  checkSinks(options)
}

function checkSinks({ sinks = {}, destination }: LoggerOptions): void {
  const paths = new Map<string, string>([[pathOf(destination) ?? '', MAIN_SINK]])
  for (const [name, sink] of Object.entries(sinks)) {
    if (name === MAIN_SINK)
      throw invalid('sinks', `an object with other names than ${MAIN_SINK}`, sinks)
    checkSink(name, sink)
    const path = pathOf(read(sink, 'to') ?? sink)
    const other = path === undefined ? undefined : paths.get(path)
    if (other !== undefined)
      throw invalid(`sinks.${name}`, `another file than that of \`${other}\``, path)
    if (path !== undefined) paths.set(path, name)
  }
}

/** A target, or one as `to` with its `tenant`. */
function checkSink(name: string, sink: unknown): void {
  const to = read(sink, 'to')
  const tenant = read(sink, 'tenant')
  if (!isDestination(to ?? sink))
    throw invalid(
      `sinks.${name}`,
      'a path, an object with `path`, a stream, or `to` and `tenant`',
      sink,
    )
  if (to !== undefined && (typeof tenant !== 'string' || tenant === ''))
    throw invalid(`sinks.${name}.tenant`, 'a non-empty string', tenant)
}

function pathOf(target: unknown): string | undefined {
  const path = typeof target === 'string' ? target : read(target, 'path')
  return typeof path === 'string' && !isStream(target) ? resolve(path) : undefined
}

function isPathOrObject(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null
}

function hasMethods(...names: readonly string[]): (value: unknown) => boolean {
  return (value) => names.every((name) => isFunction(read(value, name)))
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** A level is a method; ours must stay. */
function checkLevels({ customLevels }: LoggerOptions): void {
  for (const name of Object.keys(customLevels ?? {})) {
    if (RECORDING_METHODS.includes(name)) throw takenLevel(name)
  }
}

function checkDestination({ destination, transport }: LoggerOptions): void {
  if (destination !== undefined && transport !== undefined) {
    throw new LoggerError(
      'LOGGER_OPTION_INVALID',
      'Expected `destination` or `transport`, got both; remove one',
    )
  }
  if (destination !== undefined && !isDestination(destination)) {
    throw invalid(
      'destination',
      'a path, an object with `path`, or a stream with `write`',
      destination,
    )
  }
}

function isDestination(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return isStream(value) || (typeof value === 'object' && value !== null && 'path' in value)
}

function takenLevel(name: string): LoggerError {
  return new LoggerError(
    'LOGGER_OPTION_INVALID',
    `Expected \`customLevels\` to leave Recount's methods alone, got a level \`${name}\`; choose another name`,
  )
}

function unknownOption(name: string): LoggerError {
  const near = [...OWN, ...PINO].find(
    (known) =>
      known.toLowerCase() === name.toLowerCase() ||
      (known.startsWith(name.slice(0, 4)) && Math.abs(known.length - name.length) < 3),
  )
  const hint = near === undefined ? 'remove it' : `did you mean \`${near}\`?`
  return new LoggerError(
    'LOGGER_OPTION_INVALID',
    `Expected options of pino or Recount, got \`${name}\`; ${hint}`,
  )
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string))
    throw invalid(name, `one of ${allowed.join(', ')}`, value)
}

function atLeast(name: string, value: unknown, least: number): void {
  if (value === undefined) return
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least)
    throw invalid(name, `a number >= ${least}`, value)
}

function invalid(name: string, expected: string, value: unknown): LoggerError {
  const shown = typeof value === 'object' ? 'an object' : `\`${String(value)}\` (${typeof value})`
  return new LoggerError(
    'LOGGER_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${value === null ? 'null' : shown}`,
  )
}

import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DiskStages } from './disk-space.ts'
import { AuditError } from './errors.ts'
import type { Signer } from './signer.ts'
import { isKeyName } from './verifier-key.ts'

/** How durable an entry is when its append resolves: handed to the operating system (survives the death of the process), synced to the disk (survives a power cut), or shipped elsewhere as well. */
export type Durability = 'os' | 'local' | 's3'

/** A checkpoint that is to be shipped with all entries before it. */
export interface Shipment {
  readonly size: number
  /** The signed note. */
  readonly note: string
}

/** How an audit log is opened. */
export interface AuditOptions {
  /** The log's folder; made where it does not exist. */
  readonly dir: string
  /** The log's name, unique in the world: a host name of yours and a path, such as `acme.example/audit/prod`. */
  readonly origin: string
  /** The private key: a file outside `dir` (made for a new log, mode 0600), or a signer in front of a key management service. */
  readonly key: string | Signer
  /** The file with the key that content keys are encrypted with; made when it is first needed. Default: `<key>.content`. */
  readonly contentKey?: string
  /** Whether `text` of events is kept (encrypted), or only the salt that proves it. Default `keep`. */
  readonly content?: 'keep' | 'commit'
  /** Replaces subjects and the ids of actors and targets of type `user` by random pseudonyms, which erasure forgets. Default: as the log was opened before; false for a new one. */
  readonly pseudonyms?: boolean
  /** Opens a stream of its own under the log, for a process that must not wait for another writer. */
  readonly stream?: string
  /** Default `local`; `s3` needs `ship`. */
  readonly durability?: Durability
  /** Ships entries up to a checkpoint; resolves once they are safe there. */
  readonly ship?: (shipment: Shipment) => Promise<void>
  /** Milliseconds to wait for another writer to end. Default 0. */
  readonly wait?: number
  /** Milliseconds after which an append is refused. Default 10,000. */
  readonly timeout?: number
  /** Actions that may be refused when the disk is nearly full; all others are critical. Default none. */
  readonly normal?: readonly string[]
  /** Appends that may wait for the disk. Default 100,000. */
  readonly maxQueued?: number
  /** Milliseconds between checkpoints while entries come. Default 60,000. */
  readonly checkpointEvery?: number
  /** Milliseconds of silence after which a heartbeat is written. Default 300,000. */
  readonly heartbeatEvery?: number
  /** Bytes after which a new segment begins. Default 8 MiB. */
  readonly segmentBytes?: number
  /** Bytes that are kept for the last words on a full disk. Default 1 MiB. */
  readonly reserveBytes?: number
  readonly diskStages?: DiskStages
  /** The log that a new log continues, as its last trusted checkpoint says. */
  readonly previous?: { readonly origin: string; readonly size: number; readonly root: string }
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number
}

/** Options with their defaults. */
export type CheckedOptions = Required<
  Omit<AuditOptions, 'contentKey' | 'pseudonyms' | 'ship' | 'previous' | 'stream'>
> &
  Pick<AuditOptions, 'contentKey' | 'pseudonyms' | 'ship' | 'previous' | 'stream'>

/** Checks options and fills in defaults. Throws `AUDIT_OPTION_INVALID`. */
export function checkOptions(options: AuditOptions): CheckedOptions {
  check('dir', options.dir, 'a path', isText)
  check(
    'origin',
    options.origin,
    'a name such as acme.example/audit/prod: printable ASCII without spaces and +, at most 255 characters',
    isOrigin,
  )
  check('key', options.key, 'the path of the private key, or a signer', isKey)
  optional('contentKey', options.contentKey, 'a path', isText)
  optional('content', options.content, '`keep` or `commit`', isOneOf('keep', 'commit'))
  optional('pseudonyms', options.pseudonyms, 'true or false', isBoolean)
  optional(
    'stream',
    options.stream,
    'a name of letters, digits, dots, dashes and underscores, at most 64 characters',
    isStreamName,
  )
  optional('durability', options.durability, '`os`, `local` or `s3`', isOneOf('os', 'local', 's3'))
  optional('ship', options.ship, 'a function', isFunction)
  optional('clock', options.clock, 'a function', isFunction)
  optional('normal', options.normal, 'a list of actions', isTexts)
  optional('wait', options.wait, 'milliseconds from 0 up', isFromZero)
  optional('reserveBytes', options.reserveBytes, 'bytes from 0 up', isFromZero)
  for (const name of POSITIVE) optional(name, options[name], 'a number above 0', isPositive)
  if (options.durability === 's3' && options.ship === undefined) {
    throw invalid('ship', 'a function where `durability` is `s3`', options.ship)
  }
  const { clock = DEFAULTS.clock, ...rest } = options
  const checked = { ...DEFAULTS, ...definedOnly(rest), clock: () => moment(clock()) }
  checked.clock()
  return checked
}

/** The file with the key that content keys are encrypted with, beside the private key unless it is given; undefined where a signer is given without one. */
export function contentKeyPath({
  key,
  contentKey,
}: Pick<CheckedOptions, 'key' | 'contentKey'>): string | undefined {
  return contentKey ?? (typeof key === 'string' ? `${realPath(key)}.content` : undefined)
}

/** Where a file really is: somebody may have put a link to a key beside a content key of his own. */
export function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path)
}

/** The year 10000, which has no place in an entry. */
const LAST_MOMENT = Date.UTC(10_000, 0)

function moment(now: unknown): number {
  check('clock', now, 'a function that returns epoch milliseconds', isMoment)
  return Math.floor(now as number)
}

function isMoment(now: unknown): boolean {
  return isFromZero(now) && (now as number) < LAST_MOMENT
}

const POSITIVE = [
  'timeout',
  'maxQueued',
  'checkpointEvery',
  'heartbeatEvery',
  'segmentBytes',
] as const

const DEFAULTS = {
  content: 'keep',
  durability: 'local',
  wait: 0,
  timeout: 10_000,
  normal: [],
  maxQueued: 100_000,
  checkpointEvery: 60_000,
  heartbeatEvery: 300_000,
  segmentBytes: 8 * 1024 * 1024,
  reserveBytes: 1024 * 1024,
  diskStages: {},
  clock: () => Date.now(),
} as const satisfies Partial<AuditOptions>

/** Without keys whose value is undefined, which would hide a default. */
function definedOnly(options: AuditOptions): AuditOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as AuditOptions
}

/** Checks an option that may be missing. Throws `AUDIT_OPTION_INVALID`. */
export function optional(
  name: string,
  value: unknown,
  expected: string,
  isGood: (value: unknown) => boolean,
): void {
  if (value !== undefined) check(name, value, expected, isGood)
}

/** Checks an option. Throws `AUDIT_OPTION_INVALID`. */
export function check(
  name: string,
  value: unknown,
  expected: string,
  isGood: (value: unknown) => boolean,
): void {
  if (!isGood(value)) throw invalid(name, expected, value)
}

function invalid(name: string, expected: string, value: unknown): AuditError {
  const got = typeof value === 'object' ? JSON.stringify(value) : `\`${String(value)}\``
  const message = `Expected \`${name}\` to be ${expected}, got ${got} (${typeof value})`
  return new AuditError('AUDIT_OPTION_INVALID', message)
}

/** Whether it is a text with something in it. */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value) && isKeyName(value)
}

function isKey(value: unknown): boolean {
  return isText(value) || isFunction((value as Partial<Signer> | null | undefined)?.sign)
}

function isStreamName(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)
}

function isOneOf(...allowed: readonly string[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value as string)
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isFromZero(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isPositive(value: unknown): boolean {
  return isFromZero(value) && value !== 0
}

/** How durable an append is, where it asks for more than the log does. Throws `AUDIT_OPTION_INVALID`. */
export function checkedLevel(
  { ship, durability }: CheckedOptions,
  level: Durability = durability,
): Durability {
  if (level !== 's3' || ship !== undefined) return level
  const message = 'Expected the log to be opened with `ship`, which the durability `s3` needs'
  throw new AuditError('AUDIT_OPTION_INVALID', message)
}

import type { S3Client } from '@aws-sdk/client-s3'
import { S3Error } from './errors.ts'

/** How a store is reached. */
export interface ConnectOptions {
  /** Another store than AWS: its URL. Default: the SDK's own settings (`AWS_ENDPOINT_URL`). */
  readonly endpoint?: string
  /** Default: the SDK's own settings, else `us-east-1` where an endpoint is given. */
  readonly region?: string
  /** Whether the bucket is in the path and not in the host name. Default: true where an endpoint is given. */
  readonly forcePathStyle?: boolean
  /** A client of yours, in place of one made from the settings above; it should have `maxAttempts: 1`. */
  readonly client?: S3Client
  /** Milliseconds that one request may take. Default 30,000. */
  readonly timeout?: number
  /** How often a request is tried. Default 8. */
  readonly attempts?: number
  /** Milliseconds before the second attempt, at most; doubled for each one after it, up to 20 seconds. Default 250. */
  readonly backoff?: number
}

/** That objects may not be deleted or replaced, and for how long (S3 Object Lock). */
export interface LockOptions {
  /** `COMPLIANCE`: by nobody; `GOVERNANCE`: by nobody without a special permission. */
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE'
  /** Days from the last entry in an object. */
  readonly days: number
}

/** Where an audit log is shipped from and to. */
export interface ShipperOptions extends ConnectOptions {
  /** The log's folder. */
  readonly dir: string
  /** `s3://bucket/prefix`: the place of this log alone. */
  readonly url: string
  /** Default: none, or what the bucket gives. */
  readonly lock?: LockOptions
  /** Ships to a store that does not honour conditions or checksums, too. Default false: `S3_STORE_WEAK`. */
  readonly allowWeakStore?: boolean
  /** Bytes of entries in one object, before compression. Default 8 MiB. */
  readonly objectBytes?: number
}

/** Checks what says how to reach a store. Throws `S3_OPTION_INVALID`. */
export function checkConnection(options: ConnectOptions): void {
  optional('endpoint', options.endpoint, 'a URL', isUrl)
  optional('region', options.region, 'a name', isText)
  optional('forcePathStyle', options.forcePathStyle, 'true or false', isBoolean)
  for (const name of ['timeout', 'attempts', 'backoff'] as const)
    optional(name, options[name], 'a number above 0', isPositive)
}

/** Checks what a shipper is made with. Throws `S3_OPTION_INVALID`. */
export function checkShipper(options: ShipperOptions): void {
  checkConnection(options)
  required('dir', options.dir, 'the path of a folder', isText)
  required('url', options.url, 'a place such as s3://bucket/prefix', isText)
  optional(
    'lock',
    options.lock,
    '{ mode: `COMPLIANCE` or `GOVERNANCE`, days: a number above 0 }',
    isLock,
  )
  optional('allowWeakStore', options.allowWeakStore, 'true or false', isBoolean)
  optional('objectBytes', options.objectBytes, 'a number above 0', isPositive)
}

/** Throws `S3_OPTION_INVALID` where an option is not what it must be. */
export function required(
  name: string,
  value: unknown,
  expected: string,
  isGood: (value: unknown) => boolean,
): void {
  if (isGood(value)) return
  const got = typeof value === 'object' ? JSON.stringify(value) : `\`${String(value)}\``
  throw new S3Error(
    'S3_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${got} (${typeof value})`,
  )
}

/** The same for an option that may be left out. */
export function optional(
  name: string,
  value: unknown,
  expected: string,
  isGood: (value: unknown) => boolean,
): void {
  if (value !== undefined) required(name, value, expected, isGood)
}

/** A text that is not empty. */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** A finite number above 0. */
export function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
}

function isLock(value: unknown): boolean {
  const { mode, days } = (value ?? {}) as Partial<LockOptions>
  return (mode === 'COMPLIANCE' || mode === 'GOVERNANCE') && isPositive(days)
}

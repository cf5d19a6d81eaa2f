import { createHash, randomBytes } from 'node:crypto'
import { S3Fault } from './s3-fault.ts'

const SMALL_BYTES = 4096

/** How long a version may not be deleted. */
export interface Retention {
  readonly mode: string
  readonly until: Date
}

/** One version of an object, or a delete marker. */
export interface Version {
  readonly id: string
  readonly key: string
  /** Undefined in a delete marker. */
  readonly body: Buffer | undefined
  readonly size: number
  readonly etag: string
  readonly sha256: string | undefined
  readonly modified: Date
  readonly headers: Readonly<Record<string, string>>
  retention: Retention | undefined
}

/** What is put. */
export interface NewVersion {
  readonly key: string
  readonly body: Buffer
  readonly sha256?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly retention?: Retention | undefined
}

/** The objects of one bucket with all their versions, the newest first. */
export class Bucket {
  readonly isLocked: boolean
  isVersioned: boolean
  /** The bucket's default: what is put without a lock is locked for so many days. */
  retainDays: number | undefined
  readonly #keys = new Map<string, Version[]>()
  /** Keeps sizes and hashes alone of what is large, for uploads that would not fit into memory. */
  readonly #forgets: boolean

  constructor({
    isLocked = false,
    forgets = false,
  }: { isLocked?: boolean; forgets?: boolean } = {}) {
    this.isLocked = isLocked
    this.isVersioned = isLocked
    this.#forgets = forgets
  }

  /** The newest version; undefined where it is a delete marker or nothing. */
  current(key: string): Version | undefined {
    const newest = this.#keys.get(key)?.[0]
    return newest?.body === undefined ? undefined : newest
  }

  version(key: string, id: string | undefined): Version | undefined {
    if (id === undefined) return this.current(key)
    return this.#keys.get(key)?.find((version) => version.id === id)
  }

  /** All versions, by key, the newest first. */
  versions(prefix = ''): Version[] {
    const keys = [...this.#keys.keys()].filter((key) => key.startsWith(prefix))
    return keys.sort(byBytes).flatMap((key) => this.#keys.get(key) ?? [])
  }

  /** The keys that are there. */
  keys(prefix = ''): string[] {
    return [...this.#keys.keys()]
      .filter((key) => key.startsWith(prefix) && this.current(key) !== undefined)
      .sort(byBytes)
  }

  /** All that another bucket has. */
  copy(other: Bucket): void {
    for (const [key, versions] of other.#keys) this.#keys.set(key, [...versions])
  }

  put({ key, body, sha256, headers = {}, retention }: NewVersion): Version {
    const version: Version = {
      id: this.isVersioned ? randomBytes(16).toString('hex') : 'null',
      key,
      body: this.#forgets && body.length > SMALL_BYTES ? Buffer.alloc(0) : Buffer.from(body),
      size: body.length,
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      sha256,
      modified: new Date(),
      headers,
      retention,
    }
    this.#keys.set(key, [version, ...(this.isVersioned ? (this.#keys.get(key) ?? []) : [])])
    return version
  }

  /** Lays a delete marker over the object. */
  mark(key: string): Version {
    const marker: Version = {
      id: randomBytes(16).toString('hex'),
      key,
      body: undefined,
      size: 0,
      etag: '',
      sha256: undefined,
      modified: new Date(),
      headers: {},
      retention: undefined,
    }
    this.#keys.set(key, [marker, ...(this.#keys.get(key) ?? [])])
    return marker
  }

  /** Removes a version for good, unless it is locked. */
  remove(key: string, id: string, mayBypass = false): void {
    const versions = this.#keys.get(key) ?? []
    const retention = versions.find((version) => version.id === id)?.retention
    const isHeld = retention !== undefined && retention.until.getTime() > Date.now()
    if (isHeld && !(mayBypass && retention.mode === 'GOVERNANCE'))
      throw new S3Fault(403, 'AccessDenied', 'Access Denied because object protected by lock')
    const left = versions.filter((version) => version.id !== id)
    if (left.length === 0) this.#keys.delete(key)
    else this.#keys.set(key, left)
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

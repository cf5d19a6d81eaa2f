import { hash } from 'node:crypto'
import { AuditError } from '@recount/audit'
import { persist } from './attempts.ts'
import { S3Error } from './errors.ts'
import type { ObjectStore } from './object-store.ts'
import type { StoreAbilities } from './probe.ts'
import { fateOf } from './request-fate.ts'
import type { ObjectHead, ObjectLock } from './stored-object.ts'

/** An object that is written once and never changed. */
export interface FinalObject {
  readonly key: string
  readonly body: Buffer
  /** Base64. */
  readonly sha256: string
  readonly type: string
  readonly lock?: ObjectLock | undefined
  /** Whether other bytes say the same, as those of another gzip do. Default: no other bytes do. */
  readonly isSame?: ((there: Buffer) => boolean | Promise<boolean>) | undefined
}

/** An object that is there. */
export interface WrittenObject {
  readonly key: string
  readonly version: string | undefined
  readonly sha256: string
  /** Whether it was there before. */
  readonly wasThere: boolean
}

/**
 * Writes an object exactly once in effect: what is there already and says the same is a success, however it came there. Throws `AUDIT_FORK` where
 * something else is there, `S3_LOCK_MISSING`, `S3_DAMAGED`, `S3_REFUSED`, `S3_UNREACHABLE`.
 */
export function writeOnce(
  store: ObjectStore,
  abilities: StoreAbilities,
  object: FinalObject,
): Promise<WrittenObject> {
  const { key, body, sha256, type, lock } = object
  return persist(`Putting ${store.url(key)}`, store.policy, async () => {
    // A store that does not look at the condition would lay a new version over the old one.
    const there = abilities.conditionalCreate ? undefined : await store.head(key)
    if (there !== undefined) return accept(store, object, there)
    try {
      const put = await store.put({ key, body, sha256, type, lock, onlyIf: 'new' })
      if (lock !== undefined) await checkPut(store, object, put.version)
      return { key, version: put.version, sha256, wasThere: false }
    } catch (error) {
      if (fateOf(error) !== 'condition') throw error
      const found = await store.head(key)
      // It was there, and is not any more: what has to be written is tried again.
      if (found === undefined) throw again(key, error)
      return accept(store, object, found)
    }
  })
}

/** Somebody was first: an attempt of ours whose reply was lost, or another. */
async function accept(
  store: ObjectStore,
  { key, sha256, body, lock, isSame }: FinalObject,
  head: ObjectHead,
): Promise<WrittenObject> {
  if (head.sha256 !== sha256) {
    const there = await store.get(key, head.version)
    const isEqual = there?.body.equals(body) || (there && (await isSame?.(there.body)))
    if (!isEqual) throw forked(store, key)
  }
  if (lock !== undefined) await lockToo(store, key, lock, head)
  return { key, version: head.version, sha256: head.sha256 ?? sha256, wasThere: true }
}

/** An object that was put without a lock gets it now; one that was locked when it was put, which may be long ago, stays as it is. */
async function lockToo(
  store: ObjectStore,
  key: string,
  lock: ObjectLock,
  { lock: there, version }: ObjectHead,
): Promise<void> {
  if (there !== undefined && there.until.getTime() > Date.now()) return
  await store.retain(key, version, lock)
  checkLock(store, key, lock, (await store.head(key, version)) ?? { lock: undefined })
}

/** Whether a store that said yes has done it: some take lock headers and drop them. */
async function checkPut(
  store: ObjectStore,
  { key, sha256, body, lock }: FinalObject,
  version: string | undefined,
): Promise<void> {
  const head = await store.head(key, version)
  if (head === undefined) throw damaged(store, key, 'is not there after it was put')
  const isIntact = head.sha256 === undefined ? isOfBytes(head.etag, body) : head.sha256 === sha256
  if (!isIntact) throw damaged(store, key, 'has other bytes than were put')
  if (lock !== undefined) checkLock(store, key, lock, head)
}

function checkLock(
  store: ObjectStore,
  key: string,
  lock: ObjectLock,
  head: Pick<ObjectHead, 'lock'>,
): void {
  const { mode, until } = head.lock ?? {}
  const isEnough =
    (mode === lock.mode || mode === 'COMPLIANCE') &&
    until !== undefined &&
    until.getTime() >= lock.until.getTime()
  if (isEnough) return
  const found =
    mode === undefined ? 'is not locked' : `is locked until ${until?.toISOString()} (${mode})`
  throw new S3Error(
    'S3_LOCK_MISSING',
    `${store.url(key)} ${found}; expected ${lock.mode} until ${lock.until.toISOString()}`,
  )
}

/** An ETag is the MD5 of the bytes, or says nothing (where they are encrypted with a key of one's own). */
function isOfBytes(etag: string, body: Buffer): boolean {
  const md5 = etag.replaceAll('"', '')
  return !/^[0-9a-f]{32}$/.test(md5) || md5 === hash('md5', body, 'hex')
}

function forked(store: ObjectStore, key: string): AuditError {
  return new AuditError(
    'AUDIT_FORK',
    `${store.url(key)} is there already, and is something else: two histories of one log; nothing was replaced. Find out who wrote it`,
  )
}

function damaged(store: ObjectStore, key: string, what: string): S3Error {
  return new S3Error('S3_DAMAGED', `${store.url(key)} ${what}`)
}

function again(key: string, cause: unknown): Error {
  return new Error(`${key} was there and is gone`, { cause })
}

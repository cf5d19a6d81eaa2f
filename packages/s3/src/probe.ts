import { hash, randomBytes } from 'node:crypto'
import { persist } from './attempts.ts'
import { S3Error } from './errors.ts'
import type { ObjectStore } from './object-store.ts'
import { s3Url } from './place.ts'
import { fateOf } from './request-fate.ts'
import { sha256 } from './sha256.ts'
import type { ObjectHead, ObjectLock, PutRequest } from './stored-object.ts'

/** What a store was seen to do. */
export interface StoreAbilities {
  /** `If-None-Match: *` keeps what is there. */
  readonly conditionalCreate: boolean
  /** `If-Match` keeps what is there under another ETag. */
  readonly conditionalSwap: boolean
  /** Bytes that do not fit their SHA-256 are refused. */
  readonly checksums: boolean
  /** Locks that were asked for were there; null where none was asked for, or the store wants longer ones. */
  readonly lock: boolean | null
  /** Whether objects have versions. */
  readonly versions: boolean
  /** How `If-Match` has to spell an ETag. */
  readonly etags: 'quoted' | 'bare'
}

const DAY_MS = 86_400_000
/** What is put under one key, one after the other. */
const TEXTS = ['first', 'second', 'third']

/** Finds out with a few small objects below `probe/` what the store really honours: some take conditions, checksums and locks, and do not look at them. */
export async function probeStore(
  store: ObjectStore,
  lock: ObjectLock['mode'] | undefined,
): Promise<StoreAbilities> {
  const key = `probe/${Date.now()}-${randomBytes(6).toString('hex')}`
  const first = await tried(store, { ...small(key, 'first'), onlyIf: 'new' })
  if (first === 'condition') throw noStore(store, 'says that something is where nothing has been')
  const second = await tried(store, { ...small(key, 'second'), onlyIf: 'new' })
  const wrong = { etag: `"${hash('md5', randomBytes(8), 'hex')}"` }
  const swapped = await tried(store, { ...small(key, 'third'), onlyIf: wrong })
  const etags = await spelling(store, key, await whatIsKept(store, key))
  return {
    conditionalCreate: second === 'condition',
    conditionalSwap: swapped === 'condition' && etags !== undefined,
    checksums: await refusesDamage(store, key),
    lock: lock === undefined ? null : await locks(store, key, lock),
    versions: first.version !== undefined && first.version !== 'null',
    etags: etags ?? 'quoted',
  }
}

/** Throws `S3_STORE_WEAK` or `S3_LOCK_MISSING` where a store does not do what exactly-once needs. */
export function checkAbilities(
  store: ObjectStore,
  abilities: StoreAbilities,
  allowWeakStore: boolean,
): void {
  const { conditionalCreate, conditionalSwap, checksums, lock } = abilities
  const place = s3Url(store.place)
  if (lock === false)
    throw new S3Error(
      'S3_LOCK_MISSING',
      `${place} takes Object Lock headers and does not lock; make the bucket with Object Lock, or ship without a lock`,
    )
  const missing = [
    ...(conditionalCreate ? [] : ['If-None-Match']),
    ...(conditionalSwap ? [] : ['If-Match']),
    ...(checksums ? [] : ['checksums']),
  ]
  if (missing.length === 0 || allowWeakStore) return
  throw new S3Error(
    'S3_STORE_WEAK',
    `${place} takes ${missing.join(', ')} and does not look at ${missing.length === 1 ? 'it' : 'them'}, so two writers could undo each other; use another store, or allow a weak one`,
  )
}

function refusesDamage(store: ObjectStore, key: string): Promise<boolean> {
  const request = small(`${key}-sum`, 'sent')
  return persist(`Probing ${s3Url(store.place)}`, store.policy, async () => {
    try {
      await store.put({ ...request, sha256: sha256(Buffer.from('other')) })
      return false
    } catch (error) {
      if (statusOf(error) === 400 && (error as Error).name !== 'RequestTimeout') return true
      throw error
    }
  })
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}

async function locks(
  store: ObjectStore,
  key: string,
  mode: ObjectLock['mode'],
): Promise<boolean | null> {
  // Whole seconds: some stores keep no parts of them.
  const until = new Date(Math.ceil((Date.now() + DAY_MS) / 1000) * 1000)
  try {
    const put = await tried(store, { ...small(`${key}-lock`, 'locked'), lock: { mode, until } })
    if (put === 'condition') return null
    const head = await store.head(`${key}-lock`, put.version)
    return head?.lock?.mode === mode && head.lock.until.getTime() >= until.getTime()
  } catch (error) {
    const status = statusOf((error as Error).cause ?? {})
    // The bucket's policy may ask for a longer time than a probe should stay.
    if (status === 403) return null
    if (status === 400) return false
    throw error
  }
}

/** The ETag of what was put. Not everything that says yes to a request is a store. */
async function whatIsKept(store: ObjectStore, key: string): Promise<string> {
  const kept = await store.get(key)
  if (kept === undefined || !TEXTS.includes(kept.body.toString()))
    throw noStore(store, 'does not have what was put there')
  return kept.etag
}

/** Some stores know an ETag only without its quotes, some not at all in buckets with versions. */
async function spelling(
  store: ObjectStore,
  key: string,
  etag: string,
): Promise<'quoted' | 'bare' | undefined> {
  const quoted = await tried(store, { ...small(key, 'fourth'), onlyIf: { etag } })
  if (quoted !== 'condition') return 'quoted'
  const bare = etag.replaceAll('"', '')
  const other = await tried(store, { ...small(key, 'fifth'), onlyIf: { etag: bare } })
  return other === 'condition' ? undefined : 'bare'
}

/** Puts with attempts of its own; a repetition after a lost reply may meet what it has put itself. */
function tried(store: ObjectStore, request: PutRequest): Promise<ObjectHead | 'condition'> {
  let attempts = 0
  return persist(`Probing ${s3Url(store.place)}`, store.policy, async () => {
    attempts += 1
    try {
      return await store.put(request)
    } catch (error) {
      const fate = fateOf(error)
      if (fate !== 'condition' && fate !== 'missing') throw error
      const there = attempts > 1 ? await store.get(request.key) : undefined
      return there?.body.equals(request.body) ? there : 'condition'
    }
  })
}

/** Throws `S3_STORE_WEAK` where a place does not keep what is put there. `anew`: it is put even where it is, as the bucket may do other things by now. */
export async function checkKeeping(store: ObjectStore, key: string, how?: 'anew'): Promise<void> {
  const request = small(key, 'to be found again\n')
  const isThere = async (): Promise<boolean> =>
    (await store.get(key))?.body.equals(request.body) ?? false
  if (how !== 'anew' && (await isThere())) return
  await persist(`Probing ${s3Url(store.place)}`, store.policy, () => store.put(request))
  if (!(await isThere())) throw noStore(store, 'does not have what was put there')
}

function noStore(store: ObjectStore, what: string): S3Error {
  return new S3Error(
    'S3_STORE_WEAK',
    `${s3Url(store.place)} ${what}; is there S3 behind the endpoint? Nothing was shipped`,
  )
}

function small(key: string, text: string): PutRequest {
  const body = Buffer.from(text)
  return { key, body, sha256: sha256(body), type: 'text/plain' }
}

import type { ObjectStore } from './object-store.ts'
import { s3Url } from './place.ts'
import { warn } from './warnings.ts'

/** Warns (`S3_LOCK_LEFT_OUT`) where a log was shipped with a lock and is now shipped without one. */
export async function warnOfUnlocked(store: ObjectStore): Promise<void> {
  if (!(await isLocked(store, 'log.json'))) return
  // The head is never locked by a shipper: where it is, the bucket locks everything.
  if (await isLocked(store, 'checkpoint')) return
  warn(
    'S3_LOCK_LEFT_OUT',
    `${s3Url(store.place)} has locked objects, and from now on none is locked: anybody with the right to can delete what is shipped now. Give lock (--lock, --retain) again`,
  )
}

async function isLocked(store: ObjectStore, key: string): Promise<boolean> {
  const { lock } = (await store.head(key)) ?? {}
  return lock !== undefined && lock.until.getTime() > Date.now()
}

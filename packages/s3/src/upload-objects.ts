import { readFile } from 'node:fs/promises'
import type { ObjectStore } from './object-store.ts'
import type { StoreAbilities } from './probe.ts'
import type { StagedObject } from './stage-objects.ts'
import { holdsSame } from './staged-step.ts'
import type { ObjectLock } from './stored-object.ts'
import { type WrittenObject, writeOnce } from './write-once.ts'

/** How many objects are on their way at once. */
const AT_ONCE = 4

/** Uploads objects. All are settled when it resolves or rejects: nothing is on its way any more. */
export async function uploadAll(
  store: ObjectStore,
  abilities: StoreAbilities,
  objects: readonly StagedObject[],
  lockFrom: (time: string) => ObjectLock | undefined,
): Promise<WrittenObject[]> {
  const written: WrittenObject[] = []
  const left = [...objects]
  const work = async (): Promise<void> => {
    for (let object = left.shift(); object !== undefined; object = left.shift())
      written.push(await upload(store, abilities, object, lockFrom(object.time)))
  }
  const workers = Array.from({ length: Math.min(AT_ONCE, objects.length) }, work)
  const results = await Promise.allSettled(
    workers.map((worker) =>
      worker.catch((error: unknown) => {
        left.length = 0
        throw error
      }),
    ),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return written
}

async function upload(
  store: ObjectStore,
  abilities: StoreAbilities,
  { key, file, sha256, type }: StagedObject,
  lock: ObjectLock | undefined,
): Promise<WrittenObject> {
  const body = await readFile(file)
  const isSame = (there: Buffer): Promise<boolean> => holdsSame(there, body)
  return writeOnce(store, abilities, { key, body, sha256, type, lock, isSame })
}

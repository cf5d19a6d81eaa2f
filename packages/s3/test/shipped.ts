import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { restoreS3 } from '../src/index.ts'
import { linesIn, PREFIX, patientClient, type Store, URL_OF_LOG } from './shipping-place.ts'

/** The store verifies, has exactly the lines of the log, and of each object but the head one version. */
export async function assertShipped(store: Store, path: string): Promise<void> {
  store.standIn.faults.clear()
  const dir = join(path, 'restored')
  rmSync(dir, { recursive: true, force: true })
  const anchor = join(path, 'anchor.json')
  const client = patientClient(store)
  const report = await restoreS3({ url: URL_OF_LOG, dir, anchor, client })
  client.destroy()
  assert.deepEqual(report.findings, [])
  assert.equal(report.result, 'intact')
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
  for (const [key, versions] of versionsByKey(store))
    if (key !== `${PREFIX}checkpoint`) assert.equal(versions, 1, `${key} was written twice`)
}

/** How many versions each object has that is not of a probe. */
export function versionsByKey({ bucket }: Store): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { key } of bucket.versions())
    if (!key.includes('/probe/')) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

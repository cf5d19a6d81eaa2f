import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { restoreS3, type ShipperOptions, verifyS3 } from '../src/index.ts'
import type { CephServer } from './ceph-server.ts'
import { appendTo, folder, linesIn, shipLog } from './shipping-place.ts'
import type { AskedStore } from './store-behaviours.ts'

/** Ships a log under lock to a real store: it cannot be deleted or replaced, is retained as asked, and verification sees what is laid over it. */
export async function assertLocked(
  t: TestContext,
  { client }: CephServer,
  store: AskedStore,
  more: Partial<ShipperOptions>,
): Promise<void> {
  const path = folder(t)
  await appendTo(path, 100)
  const url = `s3://${store.locked}/log`
  const lock = { mode: 'COMPLIANCE', days: 30 } as const
  const asked = { url, lock, objectBytes: 5000, ...more }
  const { size } = await shipLog(path, { connection: { client } }, asked)
  assert.equal(size, 103)
  const clean = await verifyS3({ url, client, requireLock: true })
  assert.equal(clean.result, 'intact')
  assert.equal(clean.store.locks.unlocked, 0)

  const Bucket = store.locked
  const listing = await client.send(
    new ListObjectVersionsCommand({ Bucket, Prefix: 'log/entries/' }),
  )
  const [entries, second] = listing.Versions ?? []
  assert.ok(entries?.Key !== undefined && second?.Key !== undefined)
  const named = { Bucket, Key: entries.Key, VersionId: entries.VersionId }
  const remove = new DeleteObjectCommand({ ...named, BypassGovernanceRetention: true })
  await assert.rejects(client.send(remove), { name: 'AccessDenied' })
  const head = await client.send(new HeadObjectCommand(named))
  assert.equal(head.ObjectLockMode, 'COMPLIANCE')
  const days = ((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()) / 86_400_000
  assert.ok(days > 29.9 && days < 30.1, `retained for ${days} days`)

  await client.send(new PutObjectCommand({ Bucket, Key: entries.Key, Body: 'forged' }))
  await client.send(new DeleteObjectCommand({ Bucket, Key: second.Key }))
  const report = await verifyS3({ url, client })
  assert.equal(report.result, 'tampered')
  assert.deepEqual(report.findings.map(({ code, severity }) => `${code} ${severity}`).sort(), [
    'DELETED failure',
    'OVERLAID failure',
  ])
  const dir = join(path, 'restored')
  await restoreS3({ url, client, dir })
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
}

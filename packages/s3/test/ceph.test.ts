import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { restoreS3, verifyS3 } from '../src/index.ts'
import { type CephServer, needsCeph, startCeph } from './ceph-server.ts'
import { LOCK_BEHAVIOURS } from './lock-behaviours.ts'
import { appendTo, folder, linesIn, shipLog } from './shipping-place.ts'
import { type AskedStore, BEHAVIOURS, makeBuckets } from './store-behaviours.ts'

/** Where this version, which is an old one, answers otherwise than AWS. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'a stream in chunks with a trailing checksum is stored as its bytes': 'MissingContentLength 411',
  'bytes that do not fit their SHA-256 are refused': 'ok',
  'a SHA-256 is kept and told': 'false',
  'If-None-Match: * keeps what is there, with versions': 'ok',
  'If-None-Match: * keeps what is there, with Object Lock': 'ok',
  'If-Match with the ETag replaces': 'PreconditionFailed 412',
  'If-Match with the ETag replaces, with versions': 'PreconditionFailed 412',
}

let ceph: CephServer
let store: AskedStore
before(async () => {
  if (needsCeph.skip !== false) return
  ceph = startCeph()
  store = await makeBuckets(ceph.client, ceph.other)
})
after(() => {
  ceph?.client.destroy()
  ceph?.stop()
})

for (const [name, [ask, expected]] of Object.entries({ ...BEHAVIOURS, ...LOCK_BEHAVIOURS }))
  test(
    `Ceph 16: ${name}${name in OTHERWISE ? ', which it does not do' : ''}`,
    needsCeph,
    async () => {
      const answer = await ask(store).catch(
        (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
          `${error.name} ${error.$metadata?.httpStatusCode}`,
      )
      assert.equal(answer, OTHERWISE[name] ?? expected)
    },
  )

test(
  'a real store that ignores conditions is refused before anything of the log is there',
  needsCeph,
  async (t) => {
    const path = folder(t)
    await appendTo(path, 10)
    const url = `s3://${store.locked}/refused`
    const shipping = shipLog(path, { connection: { client: ceph.client } }, { url })
    await assert.rejects(shipping, { code: 'S3_STORE_WEAK' })
    await assert.rejects(verifyS3({ url, client: ceph.client }), { code: 'S3_LOG_NOT_FOUND' })
  },
)

test(
  'in a real store locked entries stay, and verification sees what is laid over them',
  needsCeph,
  async (t) => {
    const path = folder(t)
    await appendTo(path, 100)
    const url = `s3://${store.locked}/log`
    const { client } = ceph
    const lock = { mode: 'COMPLIANCE', days: 30 } as const
    const asked = { url, lock, allowWeakStore: true, objectBytes: 5000 }
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
  },
)

test('shipping again to a real store writes nothing twice', needsCeph, async (t) => {
  const path = folder(t)
  await appendTo(path, 20)
  const url = `s3://${store.versioned}/log`
  const connection = { client: ceph.client }
  const asked = { url, allowWeakStore: true }
  await shipLog(path, { connection }, asked)
  await appendTo(path, 20)
  await shipLog(path, { connection }, asked)
  await shipLog(path, { connection }, asked)
  const report = await verifyS3({ url, client: ceph.client })
  assert.deepEqual([report.result, report.findings], ['unanchored', []])
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verifyS3 } from '../src/index.ts'
import { type CephServer, needsCeph, startCeph } from './ceph-server.ts'
import { LOCK_BEHAVIOURS } from './lock-behaviours.ts'
import { assertLocked } from './locked-log.ts'
import { appendTo, folder, shipLog } from './shipping-place.ts'
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
  (t) => assertLocked(t, ceph, store, { allowWeakStore: true }),
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

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openAudit } from '@recount/audit'
import { openShipper, restoreS3, verifyS3 } from '../src/index.ts'
import {
  appendTo,
  event,
  folder,
  linesIn,
  logOptions,
  PREFIX,
  shipLog,
  shipperOptions,
  startStore,
  URL_OF_LOG,
} from './shipping-place.ts'

const LOCK = { mode: 'COMPLIANCE', days: 30 } as const

test('a log that was shipped verifies in the store, and what nobody remembers is unanchored', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 50)
  await shipLog(path, store)
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'unanchored')
  assert.equal(report.size, 53)
  assert.deepEqual(report.findings, [])
  assert.equal(report.store.locks.unlocked, 4)
})

test('a checkpoint that nobody can delete is an anchor, and the locks are counted', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  await appendTo(path, 50)
  await shipLog(path, store, { lock: LOCK })
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection, requireLock: true })
  assert.equal(report.result, 'intact')
  assert.equal(report.anchored_to, 53)
  const { compliance, governance, unlocked, first_end } = report.store.locks
  assert.deepEqual(
    { compliance, governance, unlocked },
    { compliance: 4, governance: 0, unlocked: 0 },
  )
  assert.ok(Date.parse(first_end ?? '') > Date.now() + 29 * 86_400_000)
})

test('a delete marker and a version laid over entries are seen, and the entries below them verified', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  await appendTo(path, 50)
  await shipLog(path, store)
  const [entries = ''] = store.bucket.keys(`${PREFIX}entries/`)
  const [note = ''] = store.bucket.keys(`${PREFIX}checkpoints/`)
  store.bucket.put({ key: entries, body: gzipSync('{}\n') })
  store.bucket.mark(note)
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'tampered')
  assert.equal(report.entries, 53)
  assert.deepEqual(
    report.findings.map(({ code, severity }) => [code, severity]),
    [
      ['DELETED', 'failure'],
      ['OVERLAID', 'failure'],
    ],
  )
  assert.match(report.findings[0]?.detail ?? '', /checkpoints.*whoever reads it sees nothing/)
})

test('equal bytes laid over an object are a note', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  await appendTo(path, 5)
  await shipLog(path, store)
  const [key = ''] = store.bucket.keys(`${PREFIX}entries/`)
  store.bucket.put({ key, body: store.bucket.current(key)?.body as Buffer })
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'unanchored')
  assert.deepEqual(
    report.findings.map(({ code, severity }) => [code, severity]),
    [['OVERLAID', 'note']],
  )
})

test('entries that were changed, cut or deleted for good are found', async (t) => {
  const path = folder(t)
  await appendTo(path, 30)
  for (const [harm, code] of [
    [() => gzipSync(Buffer.from('{}\n')), 'MODIFIED'],
    [(body: Buffer) => body.subarray(0, 40), 'MODIFIED'],
    [undefined, 'TRUNCATED'],
  ] as const) {
    const store = await startStore(t)
    await shipLog(path, store, { objectBytes: 5000 })
    const key = store.bucket.keys(`${PREFIX}entries/`).at(-1) ?? ''
    const body = store.bucket.current(key)?.body as Buffer
    store.bucket.remove(key, 'null')
    if (harm !== undefined) store.bucket.put({ key, body: harm(body) })
    const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
    assert.equal(report.result, 'tampered')
    assert.ok(
      report.findings.some((finding) => finding.code === code),
      `expected ${code}: ${JSON.stringify(report.findings)}`,
    )
  }
})

test('a log that was cut in the store to an earlier state shows against the receipts', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 30)
  await shipLog(path, store)
  const before = store.bucket.current(`${PREFIX}checkpoint`)?.body as Buffer
  await appendTo(path, 30)
  await shipLog(path, store)
  const [, entries = ''] = store.bucket.keys(`${PREFIX}entries/`)
  const [, note = ''] = store.bucket.keys(`${PREFIX}checkpoints/`)
  for (const key of [entries, note]) store.bucket.remove(key, 'null')
  store.bucket.put({ key: `${PREFIX}checkpoint`, body: before })
  assert.equal((await verifyS3({ url: URL_OF_LOG, ...store.connection })).result, 'unanchored')
  const [place = ''] = readdirSync(join(path, 'audit/shipping'))
  const receipts = join(path, 'audit/shipping', place, 'receipts.jsonl')
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection, receipts })
  assert.equal(report.result, 'tampered')
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ['DELETED', 'DELETED'],
  )
})

test('a restored log has the same entries, verifies, and goes on under its key', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 200, undefined, { segmentBytes: 4096 })
  await shipLog(path, store, { objectBytes: 10_000 })
  assert.ok(store.bucket.keys(`${PREFIX}entries/`).length > 3)
  const dir = join(path, 'restored')
  const report = await restoreS3({ url: URL_OF_LOG, dir, ...store.connection })
  assert.equal(report.result, 'unanchored')
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
  const audit = await openAudit({ ...logOptions(path), dir })
  const { seq } = await audit.append(event(1))
  await audit.close()
  assert.equal(seq, 204)
  const shipper = await openShipper({ ...shipperOptions(path, store), dir })
  assert.equal((await shipper.ship()).size, 206)
  await shipper.close()
  assert.equal((await verifyS3({ url: URL_OF_LOG, ...store.connection })).result, 'unanchored')
})

test('a folder that has something is not restored into', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 1)
  await shipLog(path, store)
  const before = readFileSync(join(path, 'audit/log.json'), 'utf8')
  await assert.rejects(
    restoreS3({ url: URL_OF_LOG, dir: join(path, 'audit'), ...store.connection }),
    {
      code: 'S3_FOLDER_NOT_EMPTY',
    },
  )
  assert.equal(readFileSync(join(path, 'audit/log.json'), 'utf8'), before)
})

test('of two who restore to one folder one does, and the folder is whole', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 30)
  await shipLog(path, store, { objectBytes: 2000 })
  const dir = join(path, 'restored')
  const restoring = [1, 2].map(() => restoreS3({ url: URL_OF_LOG, dir, ...store.connection }))
  const codes = (await Promise.allSettled(restoring)).map((result) =>
    result.status === 'rejected' ? result.reason.code : result.value.result,
  )
  assert.deepEqual(codes.sort(), ['AUDIT_LOCKED', 'unanchored'])
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
  assert.deepEqual(readdirSync(path).sort(), ['audit', 'audit.key', 'restored'])
})

test('what a restoration that was killed has left is in the way of nothing, and not in the folder', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 5)
  await shipLog(path, store)
  const dir = join(path, 'restored')
  mkdirSync(`${dir}.restoring/hashes`, { recursive: true })
  writeFileSync(`${dir}.restoring/${'0'.repeat(20)}.jsonl`, 'half a li')
  await restoreS3({ url: URL_OF_LOG, dir, ...store.connection })
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
})

test('a log of many objects is met again, verified and restored page by page', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  store.standIn.pageKeys = 3
  await appendTo(path, 30)
  // All entries are there, and no head: the next shipper has to find them.
  store.standIn.faults.add({ kind: '403', key: /\/checkpoint$/ })
  await assert.rejects(shipLog(path, store, { objectBytes: 1000 }), { code: 'S3_REFUSED' })
  rmSync(join(path, 'audit/shipping'), { recursive: true })
  const before = store.bucket.keys(`${PREFIX}entries/`)
  assert.ok(before.length > 6)
  await shipLog(path, store, { objectBytes: 1000 })
  assert.deepEqual(store.bucket.keys(`${PREFIX}entries/`), before)
  const dir = join(path, 'restored')
  await restoreS3({ url: URL_OF_LOG, dir, ...store.connection })
  assert.deepEqual(linesIn(dir), linesIn(join(path, 'audit')))
})

test('the receipts of streams beside those of the log hold the streams', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 3)
  await appendTo(path, 5, undefined, { stream: 'web-1' })
  await shipLog(path, store, { objectBytes: 1000 })
  const [place = ''] = readdirSync(join(path, 'audit/shipping'))
  const receipts = join(path, 'audit/shipping', place, 'receipts.jsonl')
  const verify = () => verifyS3({ url: URL_OF_LOG, ...store.connection, receipts })
  assert.deepEqual((await verify()).findings, [])
  store.bucket.remove(`${PREFIX}streams/web-1/log.json`, 'null')
  assert.deepEqual(
    (await verify()).findings.map(({ code, detail }) => [code, detail.split(':')[0]]),
    [['DELETED', 'streams/web-1/log.json']],
  )
})

test('an object that is larger than any of a log is told, and not read', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 5)
  await shipLog(path, store)
  const key = `${PREFIX}anchors/${'0'.repeat(19)}8-${'a'.repeat(16)}.tsr`
  Object.assign(store.bucket.put({ key, body: Buffer.from('small') }), { size: 2 ** 40 })
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'tampered')
  assert.match(report.findings[0]?.detail ?? '', /larger than any object/)
  assert.ok(!store.standIn.served.some((request) => request.key.includes('/anchors/')))
})

test('a place without a log is said to have none', async (t) => {
  const store = await startStore(t)
  const url = `${URL_OF_LOG}/nothing`
  await assert.rejects(verifyS3({ url, ...store.connection }), { code: 'S3_LOG_NOT_FOUND' })
})

test('streams are shipped before the log that names them, and verified with it', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 3)
  await appendTo(path, 5, undefined, { stream: 'web-1' })
  await appendTo(path, 3, async (audit) => void (await audit.recordStreams()))
  const { streams } = await shipLog(path, store)
  assert.deepEqual(streams, [{ name: 'web-1', size: 8 }])
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'unanchored')
  assert.deepEqual(report.streams, [{ name: 'web-1', result: 'intact', entries: 8, size: 8 }])
})

test('a log that was shipped without a lock is locked by the next shipment as far as it is met again', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  await appendTo(path, 5)
  await shipLog(path, store)
  rmSync(join(path, 'audit/shipping'), { recursive: true })
  await shipLog(path, store, { lock: LOCK })
  const { locks } = (await verifyS3({ url: URL_OF_LOG, ...store.connection })).store
  // What describes the log is written again where the shipper's own files are lost; entries are not.
  assert.deepEqual([locks.compliance, locks.unlocked], [2, 2])
})

test('keys that somebody has made up become neither folders nor entries', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 5)
  await shipLog(path, store)
  const body = Buffer.from('{}\n')
  for (const key of [
    'streams/../log.json',
    'streams/a b/log.json',
    `entries/${'9'.repeat(20)}-${'9'.repeat(20)}.jsonl.gz`,
  ])
    store.bucket.put({ key: `${PREFIX}${key}`, body })
  const dir = join(path, 'restored')
  const report = await restoreS3({ url: URL_OF_LOG, dir, ...store.connection })
  assert.deepEqual([report.result, report.findings], ['unanchored', []])
  assert.deepEqual(readdirSync(join(path)).sort(), ['audit', 'audit.key', 'restored'])
})

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { openAudit, parseCheckpoint, proveEntry, readLogFile, type Shipment } from '@recount/audit'
import { openShipper, restoreS3, verifyS3 } from '../src/index.ts'
import { assertShipped } from './shipped.ts'
import {
  appendTo,
  event,
  folder,
  logOptions,
  PREFIX,
  type Store,
  shipLog,
  shipperOptions,
  startStore,
  URL_OF_LOG,
} from './shipping-place.ts'

test('what is signed is in the store under a checkpoint of the same size, entry for entry', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 100)
  const shipper = await openShipper(shipperOptions(path, store))
  t.after(() => shipper.close())
  const { size, behind } = await shipper.ship()
  assert.deepEqual({ size, behind }, { size: 103, behind: 0 })
  const keys = store.bucket.keys(PREFIX).filter((key) => !key.includes('/probe/'))
  const entries = keys.filter((key) => key.includes('/entries/'))
  const lines = entries.flatMap((key) =>
    gunzipSync(store.bucket.current(key)?.body as Buffer)
      .toString()
      .trimEnd()
      .split('\n'),
  )
  assert.equal(lines.length, 103)
})

test('an append at the level s3 resolves once the store has it, and rejects while it cannot', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 1)
  const shipper = await openShipper(shipperOptions(path, store))
  t.after(() => shipper.close())
  const ship = async (shipment: Shipment): Promise<void> => void (await shipper.ship(shipment))
  const audit = await openAudit(logOptions(path, { durability: 's3', ship }))
  const { seq } = await audit.append(event(7))
  assert.ok(shippedSize(store) > seq)
  store.standIn.faults.add({ kind: '503', key: /\/entries\//, times: 8 })
  await assert.rejects(audit.append(event(8)), { code: 'S3_UNREACHABLE' })
  // Nothing is lost by it: it is in the log, and goes with the next.
  await audit.append(event(9))
  await audit.close()
  await shipper.ship()
  await assertShipped(store, path)
})

test('a long way is gone in steps, and each step is complete in itself', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 400)
  for (let n = 0; n < 3; n += 1) await appendTo(path, 400)
  await shipLog(path, store, { objectBytes: 50_000 })
  const keys = store.bucket.keys(`${PREFIX}entries/`)
  assert.ok(keys.length > 5)
  await assertShipped(store, path)
})

test('a shipper whose files are lost goes on from what the store has', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  store.bucket.isVersioned = true
  await appendTo(path, 20)
  // Entries are there, the checkpoint is not.
  store.standIn.faults.add({ kind: '503', key: /\/checkpoints\// })
  await assert.rejects(shipLog(path, store, { attempts: 1 }), { code: 'S3_UNREACHABLE' })
  rmSync(join(path, 'audit/shipping'), { recursive: true })
  await appendTo(path, 20)
  await shipLog(path, store)
  assert.equal(store.bucket.keys(`${PREFIX}entries/`).length, 2)
  await assertShipped(store, path)
})

test('entries that had expired before the first shipment are there as their hashes, and what stayed of them as it was', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const more = { segmentBytes: 2000, clock: () => Date.parse('2026-01-01') }
  await appendTo(path, 5, undefined, more)
  await appendTo(path, 5, undefined, more)
  await appendTo(path, 5, async (audit) => {
    const pruned = await audit.prune({ before: new Date('2026-06-01'), reason: 'expired' })
    assert.ok(pruned.length > 0)
  })
  await shipLog(path, store)
  const keys = store.bucket.keys(`${PREFIX}hashes/`)
  assert.ok(keys.some((key) => key.endsWith('.bin')))
  assert.ok(keys.some((key) => key.endsWith('.kept')))
  const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
  assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
  assert.ok(report.claims.expired > 0)
})

test('a folder that was put back to an earlier state is refused, and nothing is shipped', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 10)
  cpSync(join(path, 'audit'), join(path, 'earlier'), { recursive: true })
  await appendTo(path, 10)
  await shipLog(path, store)
  const before = store.bucket.keys(`${PREFIX}entries/`)
  const shipping = shipLog(path, store, { dir: join(path, 'earlier') })
  await assert.rejects(shipping, { code: 'AUDIT_TRUNCATED' })
  assert.deepEqual(store.bucket.keys(`${PREFIX}entries/`), before)
})

test('a log that is not what was signed is not shipped', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 10)
  const segment = join(path, 'audit', `${'0'.repeat(20)}.jsonl`)
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"u1"', '"u2"'))
  await assert.rejects(shipLog(path, store), { code: 'AUDIT_DAMAGED' })
  assert.deepEqual(store.bucket.keys(`${PREFIX}entries/`), [])
})

test('receipts of earlier shipments are kept, and those of streams', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 5)
  await appendTo(path, 5, undefined, { stream: 'web-1' })
  await shipLog(path, store)
  const [first = '', ...more] = readdirSync(join(path, 'audit/shipping'))
  assert.deepEqual(more, [])
  const files = ['receipts.jsonl', 'streams/web-1/receipts.jsonl'].map((name) =>
    join(path, 'audit/shipping', first, name),
  )
  const before = files.map((file) => readFileSync(file, 'utf8'))
  await appendTo(path, 5)
  await appendTo(path, 5, undefined, { stream: 'web-1' })
  await shipLog(path, store)
  for (const [at, file] of files.entries()) {
    const lines = readFileSync(file, 'utf8')
    assert.ok(lines.startsWith(before[at] ?? ''), `${file} was begun anew`)
    assert.ok(lines.length > (before[at]?.length ?? 0), `${file} does not go on`)
  }
})

test('a place is of one log', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 1)
  await shipLog(path, store)
  const other = join(path, 'other')
  await appendTo(other, 1, undefined, { origin: 'acme.example/audit/another' })
  await assert.rejects(shipLog(other, store), { code: 'S3_LOG_MISMATCH' })
})

test('a store that takes locks and does not lock is refused', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  await appendTo(path, 1)
  store.standIn.ignored.lock = true
  const lock = { mode: 'COMPLIANCE', days: 30 } as const
  await assert.rejects(shipLog(path, store, { lock, allowWeakStore: true }), {
    code: 'S3_LOCK_MISSING',
  })
})

test('a pass with nothing new sends nothing', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 5)
  const shipper = await openShipper(shipperOptions(path, store))
  t.after(() => shipper.close())
  await shipper.ship()
  const { length } = store.standIn.served
  await shipper.ship()
  assert.equal(store.standIn.served.length, length)
})

test('options that are none are named', async (t) => {
  const path = folder(t)
  for (const [name, value] of [
    ['url', 'http://bucket'],
    ['lock', { mode: 'compliance', days: 1 }],
    ['endpoint', 'localhost'],
    ['attempts', 0],
  ] as const) {
    const options = { dir: path, url: URL_OF_LOG, [name]: value }
    await assert.rejects(openShipper(options as never), { code: 'S3_OPTION_INVALID' })
  }
})

function shippedSize({ bucket }: Store): number {
  return parseCheckpoint(bucket.current(`${PREFIX}checkpoint`)?.body as Buffer).size
}

test('a log whose key was rotated is trusted by its first key, in the store and restored', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const options = logOptions(path, { pseudonyms: true })
  const first = await openAudit(options)
  await first.append(event(1))
  await first.rotateKey({ key: join(path, 'second.key') })
  await first.append(event(2))
  await first.close()
  await shipLog(path, store)
  const publicKey = readFileSync(join(path, 'audit/public.vkey'), 'utf8').split('\n')[0] ?? ''
  const dir = join(path, 'restored')
  const report = await restoreS3({ url: URL_OF_LOG, dir, publicKey, ...store.connection })
  assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
  // The checkpoint that both keys have signed is there, without which there is no proof for who knows the first key.
  await proveEntry(dir, 1)
  assert.equal((await readLogFile(dir))?.pseudonyms, true)
})

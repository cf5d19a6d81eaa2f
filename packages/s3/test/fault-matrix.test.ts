import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { type FaultLogs, makeFaultLogs } from './fault-logs.ts'
import { assertShipped, versionsByKey } from './shipped.ts'
import {
  folder,
  folderUntilTheEnd,
  PREFIX,
  runStore,
  type Store,
  shipLog,
  startStore,
} from './shipping-place.ts'
import type { FaultKind } from './stand-in/fault-script.ts'
import { Bucket } from './stand-in/object-versions.ts'

const OBJECTS = {
  entries: /\/entries\//,
  checkpoint: /\/checkpoints\//,
  head: /\/checkpoint$/,
  anchor: /\/anchors\//,
} as const

const FAULTS: readonly FaultKind[] = [
  'fail',
  'lost-reply',
  'timeout',
  'stored-timeout',
  '409',
  '500',
  '503',
  'other-same',
  'skew',
  'damaged',
  'reset',
  'unconditional',
]

/** Codes with which a shipper that met another history stops. */
const STOPPED = new Set(['AUDIT_FORK', 'AUDIT_TRUNCATED', 'S3_FENCED'])

const shared = folderUntilTheEnd()
let logs: FaultLogs
/** What is in the store once the beginning was shipped. */
const beginning = new Bucket()
before(async () => {
  logs = await makeFaultLogs(shared)
  const { standIn, bucket, connection, client } = await runStore()
  bucket.isVersioned = true
  await shipLog(logs.before, { connection })
  beginning.copy(bucket)
  client.destroy()
  await standIn.close()
})

for (const [object, key] of Object.entries(OBJECTS)) {
  for (const kind of FAULTS) {
    test(`${object}, ${kind}: a shipper that tries again loses nothing and writes nothing twice`, async (t) => {
      const { store, ours } = await prepared(t, kind)
      store.standIn.faults.add({ kind, key })
      await shipLog(ours, store)
      assert.equal(store.standIn.faults.made, 1)
      await assertShipped(store, ours)
    })

    test(`${object}, ${kind}: a shipper that is started again loses nothing and writes nothing twice`, async (t) => {
      const { store, ours } = await prepared(t, kind)
      store.standIn.faults.add({ kind, key })
      const code = await outcome(shipLog(ours, store, { attempts: 1 }))
      assert.ok(code === 'done' || code === 'S3_UNREACHABLE', code)
      await shipLog(ours, store)
      await assertShipped(store, ours)
    })

    test(`${object}, ${kind}: of two histories one is shipped, and the other stops`, async (t) => {
      const { store, ours, others } = await prepared(t, kind)
      store.standIn.faults.add({ kind, key })
      await outcome(shipLog(ours, store, { attempts: 1 }))
      const other = await outcome(shipLog(others, store))
      const again = await outcome(shipLog(ours, store))
      const winner = other === 'done' ? others : ours
      assert.deepEqual(
        [other, again].map((code) => (STOPPED.has(code) ? 'stopped' : code)).sort(),
        ['done', 'stopped'],
        `${other} ${again}`,
      )
      await assertShipped(store, winner)
    })
  }

  test(`${object}: what somebody else has written there is not replaced, now and after a start`, async (t) => {
    const { store, ours } = await prepared(t)
    const other = object === 'head' ? logs.otherNote : Buffer.from('of somebody else')
    store.standIn.faults.add({ kind: 'other-different', key, other })
    const codes = [await outcome(shipLog(ours, store)), await outcome(shipLog(ours, store))]
    assert.ok(
      codes.every((code) => STOPPED.has(code)),
      String(codes),
    )
    for (const [name, versions] of versionsByKey(store))
      assert.ok(versions <= (name === `${PREFIX}checkpoint` ? 2 : 1), `${name} was written again`)
  })

  test(`${object}: a store that does not look at If-None-Match is refused, and nothing of the log is there`, async (t) => {
    const { store, ours } = await prepared(t)
    const before = store.bucket.versions().filter(({ key: name }) => !name.includes('/probe/'))
    store.standIn.ignored.ifNoneMatch = true
    assert.equal(await outcome(shipLog(ours, store)), 'S3_STORE_WEAK')
    const after = store.bucket.versions().filter(({ key: name }) => !name.includes('/probe/'))
    assert.deepEqual(after, before)
  })

  test(`${object}: such a store may be allowed, and still nothing is written twice`, async (t) => {
    const { store, ours } = await prepared(t)
    store.standIn.ignored.ifNoneMatch = true
    store.standIn.faults.add({ kind: 'lost-reply', key })
    await shipLog(ours, store, { allowWeakStore: true })
    await assertShipped(store, ours)
  })
}

type Test = Parameters<typeof startStore>[0]

/** A store to which the beginning was shipped, and copies of the two logs that go on. */
async function prepared(
  t: Test,
  kind?: FaultKind,
): Promise<{ store: Store; ours: string; others: string }> {
  const path = folder(t)
  // Short where a request is never answered; long everywhere else, because machines are slow at times.
  const store = await startStore(t, { timeout: kind?.includes('timeout') ? 700 : 10_000 })
  store.bucket.isVersioned = true
  store.bucket.copy(beginning)
  const [ours = '', others = ''] = ['ours', 'others'].map((name) => join(path, name))
  cpSync(logs.ours, ours, { recursive: true })
  cpSync(logs.others, others, { recursive: true })
  return { store, ours, others }
}

/** `done`, or the code of what was thrown. */
async function outcome(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { buildNewCeph, type CephServer, startNewCeph } from './ceph-server.ts'
import { LOCK_BEHAVIOURS } from './lock-behaviours.ts'
import { assertLocked } from './locked-log.ts'
import { type AskedStore, BEHAVIOURS, makeBuckets } from './store-behaviours.ts'

const { root, skip } = buildNewCeph()
let ceph: CephServer
let store: AskedStore
before(async () => {
  if (skip !== false) return
  ceph = startNewCeph(root)
  store = await makeBuckets(ceph.client, ceph.other)
})
after(() => {
  ceph?.client.destroy()
  ceph?.stop()
})

for (const [name, [ask, expected]] of Object.entries({ ...BEHAVIOURS, ...LOCK_BEHAVIOURS }))
  test(`Ceph 20: ${name}`, { skip }, async () => {
    assert.equal(await ask(store), expected)
  })

test(
  'a real store that honours everything takes a log under lock without any allowance',
  { skip },
  (t) => assertLocked(t, ceph, store, {}),
)

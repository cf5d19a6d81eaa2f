import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { S3Client } from '@aws-sdk/client-s3'
import { LOCK_BEHAVIOURS } from './lock-behaviours.ts'
import { runStore, type Store, settings } from './shipping-place.ts'
import { type AskedStore, BEHAVIOURS, makeBuckets } from './store-behaviours.ts'

let store: Store
let asked: AskedStore
before(async () => {
  store = await runStore()
  const base = settings(store.standIn, store.endpoint)
  asked = await makeBuckets(store.client, (more) => new S3Client({ ...base, ...more }))
})
after(async () => {
  store.client.destroy()
  await store.standIn.close()
})

for (const [name, [ask, expected]] of Object.entries({ ...BEHAVIOURS, ...LOCK_BEHAVIOURS }))
  test(`the stand-in is like AWS: ${name}`, async () => {
    assert.equal(await ask(asked), expected)
  })

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { openShipper } from '../src/index.ts'
import { appendTo, folder, PREFIX, shipperOptions, startStore } from './shipping-place.ts'

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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShipper, type ShippingHealth, watchLog } from '../src/index.ts'
import { assertShipped } from './shipped.ts'
import { appendTo, folder, type Store, shipperOptions, startStore } from './shipping-place.ts'
import type { FaultKind } from './stand-in/fault-script.ts'

for (const [what, kind] of [
  ['the network', 'fail'],
  ['the right to write', '403'],
  ['the store', '503'],
] as const)
  test(`${what} goes and comes back: each pass says so, and then all of it is there`, async (t) => {
    const path = folder(t)
    const store = await startStore(t)
    await appendTo(path, 5)
    const health = await watched(path, store, kind)
    assert.deepEqual(
      health.map(({ state, failures, behind, size }) => ({ state, failures, behind, size })),
      [
        { state: 'ok', failures: 0, behind: 0, size: 8 },
        { state: 'failing', failures: 1, behind: 7, size: 8 },
        { state: 'failing', failures: 2, behind: 7, size: 8 },
        { state: 'failing', failures: 3, behind: 7, size: 8 },
        { state: 'ok', failures: 0, behind: 0, size: 15 },
      ],
    )
    await assertShipped(store, path)
  })

/** What is said of five passes; at three of them every request fails. */
async function watched(path: string, store: Store, kind: FaultKind): Promise<ShippingHealth[]> {
  const shipper = await openShipper({ ...shipperOptions(path, store), attempts: 1 })
  const ending = new AbortController()
  const health: ShippingHealth[] = []
  // Between the first pass and the second.
  const appended: Promise<void>[] = []
  const { ship } = shipper
  shipper.ship = async (shipment) => {
    await Promise.all(appended)
    return ship.call(shipper, shipment)
  }
  await watchLog(shipper, {
    every: 1,
    signal: ending.signal,
    onHealth: (said) => {
      health.push(said)
      if (health.length === 1) {
        store.standIn.faults.add({ kind, key: /./, times: Number.POSITIVE_INFINITY })
        appended.push(appendTo(path, 5))
      }
      if (health.length === 4) store.standIn.faults.clear()
      if (health.length === 5) ending.abort()
    },
  })
  await shipper.close()
  return health
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ShipperOptions } from '../src/index.ts'
import { appendTo, folder, shipLog, startStore } from './shipping-place.ts'

const LOCK = { mode: 'COMPLIANCE', days: 30 } as const

test('a lock that is left out later is warned of, and one that the bucket gives is not missed', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  const codes: unknown[] = []
  const onWarning = (warning: Error & { code?: string }): void => void codes.push(warning.code)
  process.on('warning', onWarning)
  t.after(() => process.off('warning', onWarning))
  const warned = async (more: Partial<ShipperOptions> = {}): Promise<unknown[]> => {
    codes.length = 0
    await shipLog(path, store, more)
    return codes.filter((code) => code === 'S3_LOCK_LEFT_OUT')
  }
  await appendTo(path, 1)
  assert.deepEqual(await warned({ lock: LOCK }), [])
  assert.deepEqual(await warned({ lock: LOCK }), [])
  assert.deepEqual(await warned(), ['S3_LOCK_LEFT_OUT'])
  store.bucket.retainDays = 30
  await appendTo(path, 1)
  await warned()
  assert.deepEqual(await warned(), [])
})

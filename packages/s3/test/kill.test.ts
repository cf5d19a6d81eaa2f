import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { killAt, requestsOf } from './kill.ts'
import { seeded } from './seeded.ts'
import { appendTo, folder } from './shipping-place.ts'

const RUNS = 8

test(`after ${RUNS} kills of the shipper the store verifies and has the log, each object once`, async (t) => {
  const path = folder(t)
  const log = join(path, 'log')
  await appendTo(log, 30)
  const requests = await requestsOf(log, path)
  const random = seeded(1)
  let killed = 0
  for (let run = 0; run < RUNS; run += 1) {
    const request = 1 + Math.floor(random() * requests)
    if (await killAt(log, path, request, random() < 0.5)) killed += 1
  }
  assert.ok(killed >= RUNS / 2, `only ${killed} of ${RUNS} were killed`)
})

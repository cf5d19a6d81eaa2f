import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killAfter, seeded } from './kill.ts'
import { folder } from './log-setup.ts'

const RUNS = 200

test(`in ${RUNS} runs that are killed at random nothing that was acknowledged is lost, and nothing is invented`, async (t) => {
  const path = folder(t)
  const random = seeded(1)
  let acknowledged = 0
  for (let run = 0; run < RUNS; run++) {
    const lines = 1 + Math.floor(random() ** 3 * 150)
    const { done, isClosed } = await killAfter(path, lines, random() < 0.5 ? 1 : 16)
    assert.equal(isClosed, false)
    acknowledged += done.size
  }
  assert.ok(acknowledged > RUNS, `only ${acknowledged} acknowledged`)
})

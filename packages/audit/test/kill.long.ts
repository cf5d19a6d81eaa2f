import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { killAfter, seeded } from './kill.ts'
import { folder } from './log-setup.ts'

const RUNS = 2000

test(`in ${RUNS} runs on a real disk that are killed at random nothing that was acknowledged is lost`, async (t) => {
  const path = folder(t, tmpdir())
  const random = seeded(2)
  let acknowledged = 0
  for (let run = 0; run < RUNS; run++) {
    const lines = 1 + Math.floor(random() ** 3 * 2000)
    acknowledged += (await killAfter(path, lines, 1 + Math.floor(random() * 64))).done.size
  }
  assert.ok(acknowledged > RUNS, `only ${acknowledged} acknowledged`)
})

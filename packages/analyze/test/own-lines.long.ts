import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { ownLog } from './own-log.ts'

const MEGABYTES = Number(process.env.OWN_LOG_MB ?? 1000)

test(`${MEGABYTES} MB that are counted as they stand give the report that parsed lines give, to the last digit`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-lines-'))
  try {
    const path = join(folder, 'log.jsonl')
    const log = openSync(path, 'w')
    for (let seed = 1; statSync(path).size < MEGABYTES * 1e6; seed++)
      writeSync(log, `${ownLog(20_000, seed).join('\n')}\n`)
    closeSync(log)
    const options = { by: 'model,prompt', mergeable: true }
    const report = await analyze(path, options)
    const parsed = await analyze(path, { ...options, map: 'operation=no_such_field' })
    const input = { ...parsed.input, maps_unmatched: [] }
    assert.deepEqual(report, { ...parsed, input })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

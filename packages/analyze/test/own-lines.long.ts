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
    const { mergeable, ...report } = await analyze(path, options)
    const { mergeable: state, ...parsed } = await analyze(path, {
      ...options,
      map: 'operation=no_such_field',
    })
    const input = { ...parsed.input, maps_unmatched: [] }
    assert.deepEqual(report, { ...parsed, input })
    assert.deepEqual(told(mergeable), told(state))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** What is merged later, without what depends on the order of counting: that of values, and digits of sums that no report tells. */
function told(state: unknown): unknown {
  const ordered = (key: string, value: unknown): unknown => {
    if (key === 'values' && Array.isArray(value)) return value.toSorted((a, b) => a - b)
    return typeof value === 'number' ? Number(value.toPrecision(12)) : value
  }
  return JSON.parse(JSON.stringify(state), ordered)
}

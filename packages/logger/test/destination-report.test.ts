import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { validateRecord } from '@recount/record/validate'
import { createLogger } from '../src/create-logger.ts'
import { file } from '../src/destination/file.ts'
import { linesOf, temporaryFolder } from './destination-files.ts'

test('a logger tells what its destination dropped in a valid record, between the lines kept before and those after', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'logs', 'app.jsonl')
  writeFileSync(join(folder, 'logs'), 'in the way')
  const destination = file({ path, maxPendingBytes: 2000 })
  t.after(() => destination.close())
  const log = createLogger({ destination, env: {} })
  for (let number = 0; number < 100; number++) log.info({ number }, 'line')
  rmSync(join(folder, 'logs'))
  destination.flushSync()
  log.info({ number: 100 }, 'line')

  const lines = linesOf(path).map((line) => JSON.parse(line) as Record<string, unknown>)
  const gap = lines.findIndex((line) => line.event === 'records_dropped')
  const report = lines[gap]
  assert.deepEqual(validateRecord(report), [])
  assert.deepEqual([report?.level, report?.reason, report?.sink], [60, 'ENOTDIR', path])
  assert.equal(report?.count, destination.dropped.lines)
  assert.equal(lines.length - 1 + destination.dropped.lines, 101)
  assert.equal(lines[gap + 1]?.number, 100)
})

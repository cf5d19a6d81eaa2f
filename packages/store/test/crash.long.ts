import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'libsql'
import { openStore } from '../src/index.ts'
import { crashRun, everySpan } from './crash.ts'
import { folder, storeIn } from './folder.ts'

test('a hundred and fifty killed writers lose nothing that they said was kept', async (t) => {
  const db = join(folder(t), 'recount.db')
  await (await openStore(db)).close()
  const run = await crashRun(db, 150)
  assert.deepEqual(run.failures, [])
  const raw = new Database(db)
  assert.deepEqual(raw.prepare('PRAGMA integrity_check').raw(true).all(), [['ok']])
  raw.close()
  const store = await storeIn(t, db)
  const kept = new Set((await everySpan(store)).map(({ span_id }) => span_id))
  assert.deepEqual(
    [...run.acknowledged].filter((span) => !kept.has(span)),
    [],
  )
})

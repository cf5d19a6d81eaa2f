import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'libsql'
import { openStore } from '../src/index.ts'
import { crashRun, everySpan } from './crash.ts'
import { folder, storeIn } from './folder.ts'

test('writers that are killed lose nothing that they said was kept, and readers never fail', async (t) => {
  const db = join(folder(t), 'recount.db')
  await (await openStore(db)).close()
  const run = await crashRun(db, 8)
  assert.deepEqual(run.failures, [])
  assert.ok(run.kills >= 8 && run.acknowledged.size > 0)
  const raw = new Database(db)
  assert.deepEqual(raw.prepare('PRAGMA integrity_check').raw(true).all(), [['ok']])
  raw.close()
  const store = await storeIn(t, db)
  const kept = new Set((await everySpan(store)).map(({ span_id }) => span_id))
  const lost = [...run.acknowledged].filter((span) => !kept.has(span))
  assert.deepEqual(lost, [])
  const { items } = await store.search({ phrase: 'answer 7 of many', limit: 1000 })
  assert.ok(items.length > 0)
})

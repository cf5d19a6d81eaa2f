import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'libsql'
import { migrateStore, openStore } from '../src/index.ts'
import { toFirstSchema } from './first-schema.ts'
import { folder, storeIn } from './folder.ts'
import { call, content, message, traceId } from './records.ts'

test('a store of a later version is refused, and is as it was', async (t) => {
  const path = join(folder(t), 'recount.db')
  await (await openStore(path)).close()
  const raw = new Database(path)
  raw.exec('PRAGMA user_version = 9999')
  raw.close()
  await assert.rejects(openStore(path), { code: 'STORE_NEWER' })
  await assert.rejects(openStore(path, { readonly: true }), { code: 'STORE_NEWER' })
  const again = new Database(path)
  assert.deepEqual(again.prepare('PRAGMA user_version').raw(true).all(), [[9999]])
  again.close()
})

test('a store of an earlier version is brought to this one with what is in it, by whoever writes', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  await store.close()
  toFirstSchema(path)
  await assert.rejects(openStore(path, { readonly: true }), { code: 'STORE_SCHEMA_OLD' })
  assert.ok((await migrateStore(path)) > 1)
  const again = await storeIn(t, path, { readonly: true })
  assert.equal((await again.search({ phrase: 'some words' })).items.length, 1)
  assert.deepEqual((await again.trace(traceId(1)))?.audit, [])
})

test('what a store of an earlier version has is known when it is read again, and kept once', async (t) => {
  const path = join(folder(t), 'recount.db')
  const turns = [message('user', 'a question'), message('assistant', 'an answer')]
  const said = [
    call(1, 1, { status: 'error', error: { type: 'Other', message: 'it broke' } }),
    content(1, 1, 'input', turns, { tenant_id: 'acme' }),
    content(1, 1, 'output', 'some words'),
    content(2, 2, 'output', []),
  ]
  const store = await openStore(path)
  await store.ingest(said)
  await store.close()
  toFirstSchema(path)
  const again = await storeIn(t, path)
  assert.deepEqual(await again.ingest(said), {
    added: 0,
    known: 4,
    erased: 0,
    pruned: 0,
    invalid: 0,
  })
  await again.ingest([content(3, 3, 'output', 'some words')])
  const raw = new Database(path, { readonly: true })
  assert.deepEqual(raw.prepare('SELECT count(*) FROM docs').raw(true).all(), [[4]])
  raw.close()
})

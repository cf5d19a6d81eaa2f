import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { openStore } from '../src/index.ts'
import { LineQueue } from '../src/transport/line-queue.ts'
import { folder, jsonl, storeIn } from './folder.ts'
import { call, spanId } from './records.ts'

const TARGET = fileURLToPath(new URL('../src/transport.js', import.meta.url))

test('records reach the store through a worker; other lines do not; and what a crash left out is read first', async (t) => {
  const dir = folder(t)
  const db = join(dir, 'recount.db')
  const file = join(dir, 'app.jsonl')
  writeFileSync(file, jsonl([call(1, 1), call(2, 2)]))
  // Its worker does not keep this process alive.
  const alive = setInterval(() => {}, 1000)
  t.after(() => clearInterval(alive))
  const transport = pino.transport({ target: TARGET, options: { db, file } })
  const log = pino({ base: null, timestamp: false, formatters: {} }, transport)
  for (let at = 3; at < 203; at += 1) {
    const { level: _, ...fields } = call(at, at)
    log.info(fields)
    log.info('an ordinary line')
  }
  transport.end()
  await new Promise((resolve) => transport.once('close', resolve))
  const store = await storeIn(t, db)
  assert.equal((await store.aggregate())[0]?.calls, 202)
  assert.equal((await store.list({ limit: 1 })).items[0]?.span_id, spanId(202))
})

test('what does not fit while the store is busy is dropped, counted and told in the store', async (t) => {
  const store = await openStore(':memory:')
  t.after(() => store.close())
  const line = JSON.stringify(call(1, 1))
  const queue = new LineQueue(store, line.length * 2.5)
  for (let at = 1; at <= 5; at += 1) queue.add(JSON.stringify(call(at, at)))
  await queue.end()
  assert.equal((await store.list()).items.length, 2)
  queue.add(JSON.stringify(call(9, 9)))
  await queue.end()
  assert.equal((await store.list()).items.length, 3)
})

test('a store that fails for a while loses nothing of what waits', async (t) => {
  const store = await openStore(':memory:')
  t.after(() => store.close())
  let failures = 2
  const shaky = {
    ...store,
    ingest: (...given: Parameters<typeof store.ingest>) => {
      failures -= 1
      return failures >= 0 ? Promise.reject(new Error('disk full')) : store.ingest(...given)
    },
  }
  const warned = new Promise((resolve) => process.once('warning', resolve))
  const queue = new LineQueue(shaky, 1e6)
  queue.add(JSON.stringify(call(1, 1)))
  await queue.end()
  assert.equal((await store.list()).items.length, 1)
  assert.equal(((await warned) as { code?: string }).code, 'STORE_WRITE_FAILED')
})

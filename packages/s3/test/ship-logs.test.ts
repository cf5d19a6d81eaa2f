import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { shipLogs } from '../src/index.ts'
import { folder, type Store, startStore } from './shipping-place.ts'

const URL = 's3://audit-bucket/app'

function lines(day: string, count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `{"event":"x","n":${n},"time":${Date.parse(day)}}\n`,
  ).join('')
}

function keysOf({ bucket }: Store): string[] {
  return bucket.keys('app/logs/')
}

test('a file that cannot be read to its end is named, and all others are shipped', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const cut = join(path, 'cut.2026-11-20.1.jsonl.gz')
  const missing = join(path, 'gone.2026-11-20.1.jsonl')
  const good = join(path, 'app.2026-11-21.1.jsonl')
  writeFileSync(cut, gzipSync(lines('2026-11-20', 1000)).subarray(0, 200))
  writeFileSync(good, lines('2026-11-21', 3))
  mkdirSync(join(path, 'folder.2026-11-20.1.jsonl'))
  const files = [cut, missing, join(path, 'folder.2026-11-20.1.jsonl'), good]
  const shipped = await shipLogs({ url: URL, files, ...store.connection })
  assert.deepEqual(
    shipped.failed.map(({ file }) => file),
    files.slice(0, 3),
  )
  assert.equal(shipped.files, 1)
  assert.equal(keysOf(store).filter((key) => key.includes('/app.2026-11-21.1-')).length, 1)
})

test('what lies under the name of lines and is something else is no shipped file', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const file = join(path, 'app.2026-11-21.1.jsonl')
  writeFileSync(file, lines('2026-11-21', 3))
  const options = { url: URL, files: [file], ...store.connection }
  await shipLogs(options)
  const [key = ''] = keysOf(store)
  const other = gzipSync('{}\n')
  store.bucket.put({ key, body: other })
  const again = await shipLogs(options)
  assert.deepEqual([again.files, again.present, again.failed.length], [0, 0, 1])
  assert.deepEqual(store.bucket.current(key)?.body, other)
})

test('lines that another build of gzip has packed are there, and not sent again', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const text = lines('2026-11-21', 3)
  const file = join(path, 'app.2026-11-21.1.jsonl')
  writeFileSync(file, text)
  const options = { url: URL, files: [file], ...store.connection }
  await shipLogs(options)
  const [key = ''] = keysOf(store)
  store.bucket.put({ key, body: gzipSync(text, { level: 9 }) })
  assert.deepEqual(await shipLogs(options), {
    files: 1,
    lines: 3,
    objects: 1,
    present: 1,
    failed: [],
  })
})

test('what is no day does not become one', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  const file = join(path, 'app.2026-11-21.1.jsonl')
  writeFileSync(file, `${lines('2026-11-21', 1)}{"timestamp":"9999-99-99T00:00:00Z"}\n`)
  await shipLogs({ url: URL, files: [file], ...store.connection })
  assert.deepEqual(
    keysOf(store).map((key) => key.split('/')[2]),
    ['dt=2026-11-21'],
  )
})

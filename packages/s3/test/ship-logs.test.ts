import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { lookAtLogFile, shipLogs } from '../src/index.ts'
import { appendTo, folder, type Store, shipLog, startStore, URL_OF_LOG } from './shipping-place.ts'

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

test('content is known by its folder, by its name and by its lines, and a log with content in it is a log', async (t) => {
  const path = folder(t)
  const content = '{"event":"content","content":"said"}\n'
  const call = '{"event":"llm_call"}\n'
  const now = new Date('2026-11-30T12:00:00Z')
  const look = async (name: string, text: string | Buffer): Promise<string> => {
    mkdirSync(join(path, 'content'), { recursive: true })
    writeFileSync(join(path, name), text)
    const { kind, isActive } = await lookAtLogFile(join(path, name), now)
    return `${isActive ? 'active' : 'finished'} ${kind}`
  }
  assert.equal(await look('content/2026-11-30.1.jsonl', call), 'active content')
  assert.equal(await look('content/2026-11-29.1.jsonl', call), 'finished content')
  assert.equal(await look('content/any.jsonl', call), 'active content')
  assert.equal(await look('2026-11-29.1-2.jsonl.gz', gzipSync(call)), 'finished content')
  assert.equal(await look('app.jsonl', content), 'active content')
  assert.equal(await look('app.2026-11-29.1.jsonl', `\n{"cut\n${content}`), 'finished content')
  assert.equal(await look('app.jsonl.gz', gzipSync(content)), 'finished content')
  assert.equal(await look('app.2026-11-29.2.jsonl', content + call), 'finished logs')
  assert.equal(await look('app.w2.2026-11-29.1.jsonl.gz', gzipSync(call)), 'finished logs')
  assert.equal(await look('app.jsonl', call + content), 'active logs')
  assert.equal(await look('empty.jsonl', ''), 'active logs')
  const missing = await lookAtLogFile(join(path, 'gone.2026-11-29.1.jsonl'), now)
  assert.equal(missing.kind, 'logs')
})

test('a place for content is looked at anew each time: a lock that the bucket gives by now is found', async (t) => {
  const path = folder(t)
  const store = await startStore(t, { isLocked: true })
  const file = join(path, '2026-11-21.1.jsonl')
  const options = { url: URL, files: [], kind: 'content', ...store.connection } as const
  await shipLogs(options)
  store.bucket.retainDays = 1
  const refused = { code: 'S3_LOCK_UNWANTED' }
  await assert.rejects(shipLogs(options), refused)
  writeFileSync(file, lines('2026-11-21', 1))
  await assert.rejects(shipLogs({ ...options, files: [file] }), refused)
  assert.deepEqual(store.bucket.keys('app/content/'), [])
})

test("nothing else is shipped into an audit log's place", async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 1)
  await shipLog(path, store)
  const before = store.bucket.keys()
  const file = join(path, 'app.2026-11-21.1.jsonl')
  writeFileSync(file, lines('2026-11-21', 1))
  const options = { url: URL_OF_LOG, files: [file], ...store.connection }
  for (const kind of ['logs', 'content'] as const)
    await assert.rejects(shipLogs({ ...options, kind }), { code: 'S3_LOG_MISMATCH' })
  assert.deepEqual(store.bucket.keys(), before)
})

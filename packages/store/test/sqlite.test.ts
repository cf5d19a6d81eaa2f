import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import Database from 'libsql'
import { EVERY_TENANT, openStore, type Store } from '../src/index.ts'
import { storeContract } from './contract.ts'
import { folder, storeIn } from './folder.ts'
import { call, content, message, START, traceId } from './records.ts'

storeContract('sqlite', async (t, options) => storeIn(t, join(folder(t), 'recount.db'), options))

test('whoever writes is answered before the index of words is filled, and finds what was written', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path)
  const raw = new Database(path, { readonly: true })
  t.after(() => raw.close())
  const inIndex = (): unknown =>
    raw.prepare("SELECT value ->> 'indexed' FROM meta WHERE key = 'counters'").raw(true).all()
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  assert.deepEqual(inIndex(), [[0]])
  assert.equal((await store.search({ phrase: 'some words' })).items.length, 1)
  await store.close()
  assert.deepEqual(inIndex(), [[1]])
})

test('a copy of a store on a medium that takes no writes is read, and has nothing beside it', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'a store?#%.db')
  const store = await openStore(path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  await store.close()
  rmSync(`${path}-wal`, { force: true })
  rmSync(`${path}-shm`, { force: true })
  chmodSync(path, 0o400)
  chmodSync(dir, 0o500)
  try {
    const copy = await openStore(path, { readonly: true })
    assert.equal((await copy.search({ phrase: 'some words' })).items.length, 1)
    await copy.close()
    if (process.getuid?.() !== 0) assert.deepEqual(readdirSync(dir), [basename(path)])
  } finally {
    chmodSync(dir, 0o700)
  }
})

test('a new store, and the files beside it, can be read by their owner alone', async (t) => {
  const dir = folder(t)
  const before = process.umask(0o022)
  t.after(() => process.umask(before))
  const store = await openStore(join(dir, 'recount.db'))
  await store.ingest([call(1, 1)])
  for (const name of readdirSync(dir))
    assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name)
  await store.close()
})

test('what is no store is not touched', async (t) => {
  const dir = folder(t)
  const text = join(dir, 'notes.txt')
  writeFileSync(text, 'not a database, by far, '.repeat(1000))
  const other = join(dir, 'other.db')
  const raw = new Database(other)
  raw.exec('CREATE TABLE mine (x)')
  raw.close()
  for (const path of [text, other, join(dir, 'no', 'such', 'folder.db')])
    await assert.rejects(openStore(path), { code: 'STORE_UNREADABLE' }, path)
  await assert.rejects(openStore(join(dir, 'none.db'), { readonly: true }), {
    code: 'STORE_UNREADABLE',
  })
  assert.equal(statSync(text).size, 24_000)
  await assert.rejects(openStore(''), { code: 'STORE_OPTION_INVALID' })
})

test('a database of something else keeps every byte when it is refused, and a folder is said to be one', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'other.db')
  const raw = new Database(path)
  raw.exec('CREATE TABLE mine (x); INSERT INTO mine VALUES (1)')
  raw.close()
  const before = readFileSync(path)
  for (const readonly of [false, true])
    await assert.rejects(openStore(path, { readonly }), { code: 'STORE_UNREADABLE' })
  assert.ok(readFileSync(path).equals(before))
  assert.deepEqual(readdirSync(dir), ['other.db'])
  await assert.rejects(openStore(dir), { code: 'STORE_UNREADABLE', message: /is a folder/ })
})

test('a store that is damaged in part says so by its code, to whoever reads or forgets', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  for (let at = 1; at <= 400; at += 1)
    await store.ingest([
      call(at, at, { user_id: `u-${at}` }),
      content(at, at, 'output', `${at} said ${'words and more '.repeat(50)}`),
    ])
  await store.close()
  const bytes = readFileSync(path)
  // The header and the tables' names stay.
  for (let at = 3 * 16_384; at < bytes.length; at += 16_384) bytes.fill(0xa5, at, at + 200)
  writeFileSync(path, bytes)
  for (const act of [
    (opened: Store) => opened.search({ phrase: '200 said' }),
    (opened: Store) => opened.erase({ user: 'u-200' }),
  ]) {
    const attempt = async () => {
      const opened = await openStore(path)
      await act(opened).finally(() => opened.close().catch(() => {}))
    }
    await assert.rejects(attempt(), { code: 'STORE_CORRUPT', message: /quick_check/ })
  }
})

test('whatever SQLite says reaches nobody without a code', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path)
  await store.ingest([call(1, 1)])
  const other = new Database(path)
  other.exec('DROP TABLE spans')
  other.close()
  const told = { code: 'STORE_UNREADABLE', message: /SQLite answered with an error/ }
  await assert.rejects(store.list(), told)
  await assert.rejects(store.aggregate({ by: ['user'] }), told)
  await assert.rejects(store.ingest([call(2, 2)]), told)
})

test('a store that was read only is not changed', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  const reader = await storeIn(t, path, { readonly: true })
  assert.equal((await reader.search({ phrase: 'some words' })).items.length, 1)
  await assert.rejects(reader.ingest([call(2, 2)]))
  assert.equal((await store.list()).items.length, 1)
})

test('a store of several tenants is so for whoever opens it', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path, { multiTenant: true })
  await store.ingest([call(1, 1, { tenant_id: 'a' })])
  const again = await storeIn(t, path)
  await assert.rejects(again.list(), { code: 'STORE_TENANT_REQUIRED' })
  assert.equal((await again.list({ tenant: EVERY_TENANT })).items.length, 1)
})

test('a closed store is one file, and a copy of it is a backup', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  await store.close()
  copyFileSync(path, `${path}.copy`)
  const copy = await storeIn(t, `${path}.copy`)
  assert.equal((await copy.search({ phrase: 'some words' })).items.length, 1)
})

test('a backup can be made by SQLite while others write', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'some words')])
  const raw = new Database(path)
  raw.exec(`VACUUM INTO '${path}.backup'`)
  raw.close()
  await store.ingest([call(2, 2)])
  const copy = await storeIn(t, `${path}.backup`)
  assert.equal((await copy.search({ phrase: 'some words' })).items.length, 1)
  await copy.ingest([call(3, 3)])
  assert.equal((await copy.list()).items.length, 2)
})

test('a conversation of fifty turns is stored once, not fifty times', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  const turns: object[] = []
  let whole = 0
  for (let turn = 0; turn < 50; turn += 1) {
    turns.push(
      message(turn % 2 ? 'assistant' : 'user', `${turn} ${'words of a turn '.repeat(500)}`),
    )
    whole += JSON.stringify(turns).length
    await store.ingest([call(turn, turn + 1), content(turn, turn + 1, 'input', turns)])
  }
  await store.close()
  const { size } = statSync(path)
  assert.ok(size < whole / 5, `${size} bytes for ${whole}`)
  const again = await storeIn(t, path)
  const [trace] = [await again.trace(traceId(49))]
  const kept = trace?.records.find((record) => record.event === 'content')
  assert.deepEqual(kept?.event === 'content' ? kept.content : undefined, turns)
})

test('a list says nothing of what was said, however large it is', async (t) => {
  const store = await storeIn(t, join(folder(t), 'recount.db'))
  await store.ingest(
    [1, 2, 3].flatMap((at) => [call(at, at), content(at, at, 'output', 'x'.repeat(1_000_000))]),
  )
  assert.ok(JSON.stringify(await store.list()).length < 5000)
})

test('a pruned store is smaller, and what a person said is in no page of the file', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  const records = Array.from({ length: 400 }, (_, at) => at).flatMap((at) => {
    const fields = { user_id: at === 399 ? 'anna' : 'bert' }
    const words = `${at === 399 ? 'quetzalcoatlus' : 'ordinary'} ${`w${at} `.repeat(600)}`
    return [call(at, at + 1, fields), content(at, at + 1, 'output', words, fields)]
  })
  await store.ingest([
    ...records,
    content(399, 400, 'input', 'a short text of a quetzal', { user_id: 'anna' }),
  ])
  await store.search({ phrase: 'quetzal' })
  await store.close()
  const packed = packedText(path, 'quetzalcoatlus')
  assert.equal(readFileSync(path).includes(packed), true)
  const again = await openStore(path)
  const { bytes_before, bytes_after } = await again.prune({ olderThan: START + 200 })
  assert.ok(Number(bytes_after) < Number(bytes_before) * 0.8, `${bytes_before} ${bytes_after}`)
  await again.erase({ user: 'anna' })
  await again.close()
  assert.equal(readFileSync(path).includes('quetzal'), false)
  assert.equal(readFileSync(path).includes(packed), false, 'nor as it is kept, deflated')
  const check = new Database(path)
  assert.deepEqual(check.prepare('PRAGMA integrity_check').raw(true).all(), [['ok']])
  const words = check.prepare('SELECT word FROM words WHERE word = ?').raw(true).all('ordinary')
  assert.equal(words.length, 1, 'what others still say stays')
  const gone = check.prepare('SELECT word FROM words WHERE word = ?').raw(true).all('w3')
  assert.deepEqual(gone, [])
  check.close()
})

/** The bytes in which a text with this word is kept. */
function packedText(path: string, word: string): Buffer {
  const raw = new Database(path)
  const bodies = raw.prepare('SELECT body FROM pieces').raw(true).all() as [string | Buffer][]
  raw.close()
  const found = bodies.find(
    ([body]) => typeof body !== 'string' && inflateRawSync(body).includes(word),
  )
  assert.ok(found !== undefined && typeof found[0] !== 'string', 'deflated')
  return Buffer.from(found[0])
}

test('a store of an earlier version is brought to this one, and says and finds what it did', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest([call(1, 1), content(1, 1, 'output', 'Überraschung naïve 退款 words')])
  await store.close()
  const before = new Database(path)
  for (const table of ['spans', 'retries', 'attempts'])
    for (const what of ['added', 'changed', 'gone'])
      before.exec(`DROP TRIGGER IF EXISTS ${table}_${what}`)
  before.exec(`DROP TABLE call_blocks; ALTER TABLE spans DROP COLUMN sample_rate; DROP TABLE words; CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO words VALUES ('überraschung'), ('naïve'), ('words'), ('退款'); PRAGMA user_version = 2`)
  before.close()
  const again = await storeIn(t, path)
  for (const phrase of ['raschung na', 'rasch', 'ïve', 'naïve 退'])
    assert.equal((await again.search({ phrase })).items.length, 1, phrase)
})

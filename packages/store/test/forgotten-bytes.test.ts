import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import Database from 'libsql'
import { openStore } from '../src/index.ts'
import { folder } from './folder.ts'
import { call, content, digest, message, record, START, spanId } from './records.ts'

const COUNT = 1500

/** Texts of all lengths, each with a word that nothing else has, in two places; every third is anna's. */
function records(): AnyRecord[] {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
    return seed / 0x7fffffff
  }
  return Array.from({ length: COUNT }, (_, at) => at + 1).flatMap((id) => {
    const fields = { user_id: isAnnas(id) ? 'anna' : `u${id % 20}` }
    const length = 5 + Math.floor(random() * random() * 200)
    const words = Array.from({ length }, () => `w${Math.floor(random() * 3000).toString(36)}`)
    const text = `said${id}zz ${words.join(' ')}`
    return [
      call(id, id, { ...fields, metadata: { note: `noted${id}zz` } }),
      content(id, id, 'input', [message('user', text)], fields),
    ]
  })
}

function isAnnas(id: number): boolean {
  return id % 3 === 0
}

/** The numbers of texts of which a byte is left in the files of a store: as they are, or backward as in the index of words. */
function leftIn(path: string): Set<number> {
  const files = [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file))
  const bytes = files.map((file) => readFileSync(file).toString('latin1')).join('\n')
  const forward = [...bytes.matchAll(/(?:said|noted)(\d+)zz/g)].map(([, id]) => Number(id))
  const backward = [...bytes.matchAll(/zz(\d+)(?:dias|deton)/g)].map(([, id]) =>
    Number([...String(id)].reverse().join('')),
  )
  return new Set([...forward, ...backward])
}

/** Texts as they are kept where they are deflated, of those that a query names. */
function deflated(path: string, ids: (id: number) => boolean): Buffer[] {
  const database = new Database(path)
  const rows = database
    .prepare(
      `SELECT p.body, s.span_id FROM pieces AS p JOIN doc_pieces AS d ON d.piece = p.id
        JOIN contents AS c ON c.doc = d.doc JOIN spans AS s ON s.id = c.owner WHERE typeof(p.body) = 'blob'`,
    )
    .raw(true)
    .all() as [Buffer, Buffer][]
  database.close()
  return rows
    .filter(([, span]) => ids(Number.parseInt(Buffer.from(span).toString('hex').slice(1), 16)))
    .map(([body]) => Buffer.from(body))
}

test('no byte of what was erased or pruned is left in the files of a store, and all of what was not', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  const all = records()
  for (let at = 0; at < all.length; at += 1000) await store.ingest(all.slice(at, at + 1000))
  await store.close()
  const packed = deflated(path, isAnnas).slice(0, 50)
  assert.equal(packed.length, 50)
  assert.equal(leftIn(path).size, COUNT)

  const again = await openStore(path)
  const { unfinished } = await again.erase({ user: 'anna' })
  assert.equal(unfinished, null)
  const others = Array.from({ length: COUNT }, (_, at) => at + 1).filter((id) => !isAnnas(id))
  assert.deepEqual(
    [...leftIn(path)].sort((a, b) => a - b),
    others,
  )
  const bytes = readFileSync(path)
  assert.deepEqual(
    packed.filter((body) => bytes.includes(body)),
    [],
  )

  await again.prune({ olderThan: START + COUNT / 2 })
  assert.deepEqual(
    [...leftIn(path)].sort((a, b) => a - b),
    others.filter((id) => id >= COUNT / 2),
  )
  await again.close()
  const raw = new Database(path)
  assert.deepEqual(raw.prepare('PRAGMA integrity_check').raw(true).all(), [['ok']])
  raw.exec("INSERT INTO words_in (words_in) VALUES ('integrity-check')")
  raw.close()
})

test('who reads an older state keeps bytes in the files: that is told, and done by who opens it next', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest(records().slice(0, 12))
  const reader = new Database(path)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM spans').all()
  const erasure = await store.erase({ user: 'anna' })
  assert.equal(erasure.unfinished?.code, 'STORE_FILE_HELD')
  assert.equal((await store.search({ phrase: 'said3zz' })).items.length, 0)
  await store.close()
  assert.ok([...leftIn(path)].some(isAnnas), 'the reader still has it')
  reader.exec('ROLLBACK')
  reader.close()
  await (await openStore(path)).close()
  assert.deepEqual([...leftIn(path)].sort(), [1, 2, 4, 5])
  const once = await openStore(path)
  assert.equal((await once.erase({ user: 'anna' })).unfinished, null)
  await once.close()
})

test('a line of a log that says that content was erased takes its bytes away, too', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest(records().slice(0, 12))
  await store.ingest([
    record('erased', { of_span_id: spanId(2), time: START + 10_000 }),
    record('erased', { digest: digest('another'), time: START + 10_000 }),
  ])
  await store.close()
  const bytes = readFileSync(path).toString('latin1')
  assert.equal(bytes.includes('said2zz'), false)
  assert.equal(bytes.includes('said4zz'), true)
})

test('words that a killed erasure did not come to are taken away by who opens the store next, and no others', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest(records().slice(0, 12))
  await store.close()
  const raw = new Database(path)
  raw.exec(`INSERT INTO words VALUES ('said999zz', 'zz999dias');
    INSERT OR REPLACE INTO meta VALUES ('words_due', 1), ('unclean', 1)`)
  raw.close()
  assert.ok(leftIn(path).has(999))
  await (await openStore(path)).close()
  assert.deepEqual([...leftIn(path)].sort(), [1, 2, 3, 4, 5, 6])
})

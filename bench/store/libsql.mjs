// One plain table of libsql as it is set by default, with indexes for the same questions; with or without full-text search.
import { statSync } from 'node:fs'
import Database from 'libsql'
import { COLUMNS, rowOf, TREE } from './rows-of.mjs'

const STEP = 1000

export function opened(tokenizer) {
  return async (path) => {
    const db = new Database(`${path}.db`)
    db.exec('PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = NORMAL')
    db.exec('PRAGMA cache_size = -65536')
    db.exec(`CREATE TABLE spans (id INTEGER PRIMARY KEY, ${COLUMNS.join(', ')})`)
    for (const column of ['trace_id', 'span_id', 'start_time', 'session_id', 'user_id'])
      db.exec(`CREATE INDEX spans_${column} ON spans (${column})`)
    if (tokenizer !== undefined)
      db.exec(
        `CREATE VIRTUAL TABLE words USING fts5 (body, content = 'spans', content_rowid = 'id', tokenize = '${tokenizer}')`,
      )
    return contender(db, path, tokenizer)
  }
}

function contender(db, path, tokenizer) {
  const insert = db.prepare(`INSERT INTO spans VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`)
  const index =
    tokenizer === undefined
      ? undefined
      : db.prepare('INSERT INTO words (rowid, body) VALUES (?, ?)')
  let id = 0
  const write = db.transaction((spans) => {
    for (const span of spans) {
      const row = rowOf(span)
      id += 1
      insert.run(id, ...row)
      if (row.at(-1) !== null) index?.run(id, row.at(-1))
    }
  })
  const ask = (sql) => {
    const statement = db.prepare(sql).raw(true)
    return async (...values) => statement.all(...values).length
  }
  const tree = ask(TREE)
  const scan = ask(
    'SELECT id FROM spans WHERE instr(body, ?) > 0 ORDER BY start_time DESC LIMIT 50',
  )
  const match =
    tokenizer &&
    ask(`SELECT s.id, s.body FROM words AS w JOIN spans AS s ON s.id = w.rowid
      WHERE words MATCH ? ORDER BY s.start_time DESC LIMIT 50`)
  return {
    add: async (spans) => {
      for (let at = 0; at < spans.length; at += STEP) write(spans.slice(at, at + STEP))
    },
    flush: async () => {},
    find: tokenizer === undefined ? scan : (phrase) => match(`"${phrase}"`),
    tree: (trace_id) => tree(trace_id, trace_id),
    list: ask('SELECT * FROM (SELECT id, line FROM spans ORDER BY start_time DESC LIMIT 50)'),
    listOf: ask('SELECT id, line FROM spans WHERE user_id = ? ORDER BY start_time DESC LIMIT 50'),
    percentiles: async () => percentiles(db),
    close: async () => {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      db.close()
    },
    bytes: () => statSync(`${path}.db`).size,
  }
}

/** SQLite has none of its own. */
function percentiles(db) {
  const lengths = new Map()
  const rows = db
    .prepare(
      "SELECT model, duration_ms FROM spans WHERE event = 'llm_call' AND status = 'ok' ORDER BY 1, 2",
    )
    .raw(true)
    .all()
  for (const [model, length] of rows) {
    if (!lengths.has(model)) lengths.set(model, [])
    lengths.get(model).push(length)
  }
  return [...lengths.values()].map((sorted) => sorted[Math.floor(sorted.length * 0.95)]).length
}

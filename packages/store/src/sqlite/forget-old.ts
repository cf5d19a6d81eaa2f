import type { Scope } from '../scope.ts'
import type { Pruned } from '../store.ts'
import type { Connection, Row, Value } from './connection.ts'
import { type Deleted, deleteContents, deleteUnusedWords } from './delete-contents.ts'
import type { Forgotten } from './forgotten.ts'

/** What is pruned. */
export interface Old {
  readonly before: number
  readonly contentOnly: boolean
  readonly scope: Scope
}

/** Spans that are forgotten in one step: it holds the lock for some 20 ms. */
const STEP_SPANS = 100
const STEP_WORDS = 300
const STEP_PAGES = 64

/** Forgets what began before, in small steps between which other processes write. */
export async function forgetBefore(
  connection: Connection,
  forgotten: Forgotten,
  old: Old,
): Promise<Pruned> {
  const bytes_before = sizeOf(connection)
  // First the floor, so that nothing comes back meanwhile.
  await connection.writeWhenFree(() => forgotten.sink(old))
  let spans = 0
  let pieces = 0
  const words = new Set<string>()
  for (;;) {
    const step = await connection.writeWhenFree(() => forgetSome(connection, forgotten, old, spans))
    pieces += step.pieces
    spans += step.spans
    for (const word of step.words) words.add(word)
    if (step.spans === 0) break
    await pause()
  }
  await forgetWords(connection, words)
  await giveSpaceBack(connection)
  return { spans, pieces, bytes_before, bytes_after: sizeOf(connection) }
}

/** Takes words that no text has any more out of the table of words. */
export async function forgetWords(
  connection: Connection,
  words: ReadonlySet<string>,
): Promise<void> {
  const list = [...words]
  for (let at = 0; at < list.length; at += STEP_WORDS) {
    const some = list.slice(at, at + STEP_WORDS)
    await connection.writeWhenFree(() => deleteUnusedWords(connection, some))
    await pause()
  }
}

/**
 * Takes what was deleted out of the index of words, where until then only a note says so. FTS5's own way of deleting at
 * once (secure-delete) leaves a malformed index behind in SQLite 3.45.1.
 */
async function cleanIndex(connection: Connection): Promise<void> {
  // A negative number first: all of the index is merged into one part, in which nothing deleted is left.
  for (let pages = -STEP_PAGES; ; pages = STEP_PAGES) {
    const changes = await connection.writeWhenFree(() => {
      const before = connection.number('SELECT total_changes()')
      connection.exec(`INSERT INTO words_in (words_in, rank) VALUES ('merge', ${pages})`)
      return connection.number('SELECT total_changes()') - before
    })
    // As FTS5's manual says: fewer than two mean that nothing was left to do.
    if (changes < 2 && pages > 0) return
    await pause()
  }
}

/** Makes the file as small as what is in it, where nobody else reads an old state of it. */
export async function giveSpaceBack(connection: Connection): Promise<void> {
  await cleanIndex(connection)
  let free = connection.number('PRAGMA freelist_count')
  while (free > 0) {
    await connection.writeWhenFree(() =>
      connection.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`),
    )
    const left = connection.number('PRAGMA freelist_count')
    if (left >= free) break
    free = left
    await pause()
  }
  connection.checkpoint()
}

function forgetSome(
  connection: Connection,
  forgotten: Forgotten,
  old: Old,
  done: number,
): Deleted & { spans: number } {
  const rows = nextSpans(connection, old, done)
  const ids = rows.map(([id]) => Number(id))
  // What was still running then may have lines of later.
  const running = rows.filter(([, , end]) => Number(end) >= old.before)
  const kind = old.contentOnly ? 'pruned content' : 'pruned'
  if (running.length > 0)
    forgotten.bury(
      running.map(([, span]) => ({
        scope: old.scope,
        name: { kind, id: Buffer.from(span as Buffer).toString('hex') },
        time: Number.MAX_SAFE_INTEGER,
      })),
    )
  const late = old.contentOnly || done > 0 ? [] : lateBefore(connection, old)
  const deleted = deleteContents(connection, [...ids, ...late.map((id) => -id)], old)
  if (old.contentOnly) return { ...deleted, spans: rows.length }
  const list = JSON.stringify(ids)
  for (const table of ['lines', 'queries'])
    connection.run(`DELETE FROM ${table} WHERE span IN (SELECT value FROM json_each(?))`, [list])
  connection.run('DELETE FROM spans WHERE id IN (SELECT value FROM json_each(?))', [list])
  connection.run('DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(late),
  ])
  return { ...deleted, spans: rows.length }
}

/** Spans whose metadata stays are skipped by how many were done; those that go are not there any more. */
function nextSpans(
  connection: Connection,
  { before, contentOnly, scope }: Old,
  done: number,
): Row[] {
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const scoped: Value[] = scope === undefined ? [] : [scope]
  return connection.all(
    `SELECT id, span_id, start_time + coalesce(duration_ms, 1e15) FROM spans
      WHERE start_time < ?${inScope} ORDER BY start_time, id LIMIT ? OFFSET ?`,
    [before, ...scoped, STEP_SPANS, contentOnly ? done : 0],
  )
}

function lateBefore(connection: Connection, { before, scope }: Old): number[] {
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const scoped: Value[] = scope === undefined ? [] : [scope]
  return connection
    .all(`SELECT id FROM late WHERE time < ?${inScope}`, [before, ...scoped])
    .map(([id]) => Number(id))
}

function sizeOf(connection: Connection): number {
  return connection.number('PRAGMA page_count') * connection.number('PRAGMA page_size')
}

/** Lets other processes have the lock. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

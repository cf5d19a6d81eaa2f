import type { OnCleaned } from '../store.ts'
import { rowsOf } from './bulk.ts'
import type { Connection } from './connection.ts'
import { freeParts, holdsRows, mapOf } from './free-bytes.ts'
import { inTurn } from './turns.ts'

/** Pages that are looked at in one go, without the lock: 4 MB. */
const READ_PAGES = 256
/** Pages that are written in one step. */
const STEP_PAGES = 32

/**
 * Writes zeros where pages hold nothing. SQLite does so with what is deleted (secure_delete), but not with what it has moved:
 * where a page is split or joined with another, copies of rows stay behind in the space between. In small steps, between
 * which other processes write. False where `isEnded` says that it has to stop.
 */
export async function wipePages(
  connection: Connection,
  onCleaned: OnCleaned = () => {},
  isEnded: () => boolean = () => false,
): Promise<boolean> {
  const pageBytes = connection.number('PRAGMA page_size')
  const count = connection.number('PRAGMA page_count')
  for (let from = 1; from <= count; from += READ_PAGES) {
    if (isEnded()) return false
    const pages = Array.from(
      { length: Math.min(READ_PAGES, count - from + 1) },
      (_, at) => from + at,
    )
    const due = unwiped(connection, pages, pageBytes).map(({ page }) => page)
    for (let at = 0; at < due.length; at += STEP_PAGES)
      await inTurn(connection, () => wipe(connection, due.slice(at, at + STEP_PAGES), pageBytes))
    onCleaned(Math.min(count, from + READ_PAGES - 1) * pageBytes, count * pageBytes)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return true
}

/** As the pages are at the moment of the write: they may have changed since they were looked at. */
function wipe(connection: Connection, pages: readonly number[], pageBytes: number): void {
  for (const { page, bytes, parts } of unwiped(connection, pages, pageBytes)) {
    for (const [from, to] of parts) bytes.fill(0, from, to)
    connection.run('UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?', [bytes, page])
  }
}

interface Unwiped {
  readonly page: number
  readonly bytes: Buffer
  readonly parts: readonly (readonly [number, number])[]
}

function unwiped(connection: Connection, pages: readonly number[], pageBytes: number): Unwiped[] {
  const maps = pagesOf(connection, [...new Set(pages.map((page) => mapOf(page, pageBytes)))])
  const zeros = Buffer.alloc(pageBytes)
  return [...pagesOf(connection, pages)].flatMap(([page, bytes]) => {
    if (!holdsRows(page, maps.get(mapOf(page, pageBytes)), pageBytes)) return []
    const parts = freeParts(page, bytes).filter(
      ([from, to]) => !bytes.subarray(from, to).equals(zeros.subarray(from, to)),
    )
    return parts.length === 0 ? [] : [{ page, bytes, parts }]
  })
}

function pagesOf(connection: Connection, pages: readonly number[]): Map<number, Buffer> {
  const sql =
    'SELECT p.pgno, p.data FROM json_each(?) AS j CROSS JOIN sqlite_dbpage AS p ON p.pgno = j.value'
  return new Map(
    rowsOf(connection, sql, pages).map(([page, data]) => [Number(page), data as Buffer]),
  )
}

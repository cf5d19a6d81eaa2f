import { setTimeout as wait } from 'node:timers/promises'
import type { Cleaned, OnCleaned } from '../store.ts'
import type { Connection } from './connection.ts'
import { inTurn } from './turns.ts'
import { forgetLeftWords } from './unused-words.ts'
import { wipePages } from './wipe-pages.ts'

const STEP_PAGES = 32
/** Readers are through with an old state of the file within moments, as a rule. */
const LONGEST_WAIT_MS = 2000
const WAIT_MS = 20

/** Notes that something is deleted whose bytes may stay in the file until it is cleaned; to be called within a write. */
export function markUnclean(connection: Connection): void {
  connection.run(
    "INSERT INTO meta VALUES ('unclean', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
  )
}

/** Whether that was noted, by this process or another one, and not done yet. */
export function isUnclean(connection: Connection): boolean {
  return marksIn(connection) > 0
}

/** How a file is cleaned. */
export interface CleaningOptions {
  readonly onCleaned?: OnCleaned | undefined
  /** Asked in between: true stops, and leaves the rest to who comes next. */
  readonly isEnded?: (() => boolean) | undefined
}

/**
 * Takes what was deleted out of the bytes of the file, and of the log beside it, and gives the space back; in small steps,
 * between which other processes write. What could not be done while others read an older state is noted in the file.
 */
export async function cleanFile(
  connection: Connection,
  { onCleaned, isEnded = () => false }: CleaningOptions = {},
): Promise<Cleaned> {
  const marks = marksIn(connection)
  if (marks > 0) {
    await forgetLeftWords(connection, isEnded)
    await cleanIndex(connection, isEnded)
    await giveSpaceBack(connection, isEnded)
    const isWiped = !isEnded() && (await wipePages(connection, onCleaned, isEnded))
    if (!isWiped || !(await emptyLog(connection, isEnded)))
      return { bytes: sizeOf(connection), unfinished: heldBy(connection.path) }
    // Who has deleted something meanwhile has noted it anew.
    await connection.writeWhenFree(() =>
      connection.run("DELETE FROM meta WHERE key = 'unclean' AND value = ?", [marks]),
    )
  }
  connection.checkpoint()
  return { bytes: sizeOf(connection), unfinished: null }
}

/** The size of a database in bytes. */
export function sizeOf(connection: Connection): number {
  return connection.number('PRAGMA page_count') * connection.number('PRAGMA page_size')
}

function marksIn(connection: Connection): number {
  return connection.number("SELECT value FROM meta WHERE key = 'unclean'")
}

/**
 * Takes what was deleted out of the index of words, where until then only a note says so. FTS5's own way of deleting at
 * once (secure-delete) leaves a malformed index behind in SQLite 3.45.1.
 */
async function cleanIndex(connection: Connection, isEnded: () => boolean): Promise<void> {
  // A negative number first: all of the index is merged into one part, in which nothing deleted is left.
  for (let pages = -STEP_PAGES; !isEnded(); pages = STEP_PAGES) {
    const changes = await inTurn(connection, () => {
      const before = connection.number('SELECT total_changes()')
      connection.exec(`INSERT INTO words_in (words_in, rank) VALUES ('merge', ${pages})`)
      return connection.number('SELECT total_changes()') - before
    })
    // As FTS5's manual says: fewer than two mean that nothing was left to do.
    if (changes < 2 && pages > 0) return
  }
}

/** Makes the file as small as what is in it. */
async function giveSpaceBack(connection: Connection, isEnded: () => boolean): Promise<void> {
  let free = connection.number('PRAGMA freelist_count')
  while (free > 0 && !isEnded()) {
    await inTurn(connection, () => connection.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`))
    const left = connection.number('PRAGMA freelist_count')
    if (left >= free) break
    free = left
  }
}

/** Whether the log beside the file is empty: as long as somebody reads an older state, it cannot be. */
async function emptyLog(connection: Connection, isEnded: () => boolean): Promise<boolean> {
  const deadline = Date.now() + LONGEST_WAIT_MS
  while (!connection.checkpoint()) {
    if (isEnded() || Date.now() > deadline) return false
    await wait(WAIT_MS)
  }
  return true
}

function heldBy(path: string): Cleaned['unfinished'] {
  return {
    code: 'STORE_FILE_HELD',
    message: `Another process reads an older state of ${path}: nothing finds what was forgotten, but bytes of it may still be in the file or in the log beside it. Whoever writes to the store next, or erases or prunes again, takes them away`,
  }
}

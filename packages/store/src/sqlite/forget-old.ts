import type { ForgottenBefore, Old } from '../engine.ts'
import { markUnclean, sizeOf } from './clean-file.ts'
import type { Connection, Value } from './connection.ts'
import { deleteContents } from './delete-contents.ts'
import type { Forgotten } from './forgotten.ts'
import { lateBefore, type OldSpan, oldSpans } from './old-spans.ts'
import { inTurn } from './turns.ts'
import { forgetWords } from './unused-words.ts'

/** A step is to hold the lock for about so long, whatever the machine and the spans are. */
const STEP_MS = 8
/** Spans after which it is asked whether that is over: of some all texts go, of others none. */
const FEW_ROWS = 5
/** Late lines that are forgotten in one step. */
const STEP_ROWS = 50
const STEP_AUDIT = 1000

/** Forgets what is old, in small steps between which other processes write. */
export async function forgetBefore(
  connection: Connection,
  forgotten: Forgotten,
  old: Old,
  multiTenant: boolean,
): Promise<ForgottenBefore> {
  const bytes_before = sizeOf(connection)
  // First the floor, so that nothing comes back meanwhile. A rule with conditions has none: lines may not tell what they are.
  const hasFloor = old.of === undefined && old.except === undefined
  if (hasFloor) await connection.writeWhenFree(() => forgotten.sink(old))
  const sum = { spans: 0, pieces: 0 }
  const words = new Set<string>()
  const forget = (rows: readonly OldSpan[]): void => {
    const gone = forgetSpans(
      connection,
      forgotten,
      old,
      hasFloor ? rows.filter(wasRunning) : rows,
      rows,
    )
    sum.spans += rows.filter(({ isDue }) => isDue).length
    sum.pieces += gone.pieces
    for (const word of gone.words) words.add(word)
  }
  for (const page of oldSpans(connection, old, multiTenant))
    for (let at = 0; at < page.length; )
      at += await inTurn(connection, () => forgetSome(connection, page.slice(at), forget))
  if (!old.contentOnly) sum.pieces += await forgetLate(connection, old, multiTenant, words)
  await forgetWords(connection, words)
  return { ...sum, bytes_before }
}

/** How many spans that would concern. */
export function countBefore(connection: Connection, old: Old, multiTenant: boolean): number {
  let count = 0
  for (const page of oldSpans(connection, old, multiTenant))
    count += page.filter(({ isDue }) => isDue).length
  return count
}

/** As many as there is time for; answers how many. */
function forgetSome(
  connection: Connection,
  rows: readonly OldSpan[],
  forget: (rows: readonly OldSpan[]) => void,
): number {
  const until = performance.now() + STEP_MS
  markUnclean(connection)
  let at = 0
  do {
    forget(rows.slice(at, at + FEW_ROWS))
    at = Math.min(rows.length, at + FEW_ROWS)
  } while (at < rows.length && performance.now() < until)
  return at
}

/** Lets other processes have the lock. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Gone {
  readonly pieces: number
  readonly words: ReadonlySet<string>
}

function forgetSpans(
  connection: Connection,
  forgotten: Forgotten,
  old: Old,
  keptOut: readonly OldSpan[],
  rows: readonly OldSpan[],
): Gone {
  forgotten.keepOut(
    keptOut.map(({ id }) => id),
    old.contentOnly,
  )
  const ids = rows.map(({ id }) => id)
  const deleted = deleteContents(connection, ids, old)
  if (old.contentOnly) return deleted
  const list = JSON.stringify(ids)
  for (const table of ['lines', 'queries'])
    connection.run(`DELETE FROM ${table} WHERE span IN (SELECT value FROM json_each(?))`, [list])
  connection.run('DELETE FROM spans WHERE id IN (SELECT value FROM json_each(?))', [list])
  return deleted
}

/** What was still running then may have lines of later. */
function wasRunning({ isRunning }: OldSpan): boolean {
  return isRunning
}

/** Late lines and entries of audit logs; answers how many texts went with them. */
async function forgetLate(
  connection: Connection,
  old: Old,
  multiTenant: boolean,
  words: Set<string>,
): Promise<number> {
  let pieces = 0
  const late = lateBefore(connection, old, multiTenant)
  for (let at = 0; at < late.length; at += STEP_ROWS) {
    const some = late.slice(at, at + STEP_ROWS)
    const deleted = await inTurn(connection, () => {
      markUnclean(connection)
      const list = JSON.stringify(some)
      const gone = deleteContents(
        connection,
        some.map((id) => -id),
        { contentOnly: false },
      )
      connection.run('DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))', [list])
      return gone
    })
    pieces += deleted.pieces
    for (const word of deleted.words) words.add(word)
  }
  if (old.of === undefined && old.except === undefined) await forgetAudit(connection, old)
  return pieces
}

async function forgetAudit(connection: Connection, { before, scope }: Old): Promise<void> {
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const values: Value[] = scope === undefined ? [before] : [before, scope]
  const sql = `DELETE FROM audit WHERE (log, seq) IN
    (SELECT log, seq FROM audit WHERE time < ?${inScope} LIMIT ${STEP_AUDIT})`
  const step = (): number => {
    const gone = connection.run(sql, values)
    if (gone > 0) markUnclean(connection)
    return gone
  }
  while ((await inTurn(connection, step)) > 0);
}

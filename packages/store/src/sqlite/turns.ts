import type { Connection } from './connection.ts'

/** Others must not wait for longer than they have to. */
const LONGEST_REST_MS = 50
/** A shorter step is over before others have asked for the lock again. */
const SHORT_MS = 2

/**
 * Writes one of many steps, then leaves the lock alone for a share of the time for which it was held (1: as long), so that
 * others, who can only ask for it again and again, get it in between.
 */
export async function writeInTurn<T>(
  connection: Connection,
  act: () => T,
  { share }: { share: number },
): Promise<T> {
  let began = 0
  const result = await connection.writeWhenFree(() => {
    began = performance.now()
    return act()
  })
  await rest((performance.now() - began) * share)
  return result
}

/** Steps after which the log is shortened: long before others have to. */
const STEPS_A_LOG = 16

/** Steps since. */
const written: WeakMap<Connection, number> = new WeakMap()

/**
 * The same where others have the lock as long as this has it, and need not put into the file what this has written: whoever
 * makes the log long does, which takes a while.
 */
export async function inTurn<T>(connection: Connection, act: () => T): Promise<T> {
  const result = await writeInTurn(connection, act, { share: 1 })
  const steps = (written.get(connection) ?? 0) + 1
  written.set(connection, steps % STEPS_A_LOG)
  if (steps === STEPS_A_LOG) connection.shortenLog()
  return result
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds < SHORT_MS) setImmediate(resolve)
    else setTimeout(resolve, Math.min(milliseconds, LONGEST_REST_MS))
  })
}

import { AuditError } from '@recount/audit'
import { digits, kindOf } from './object-keys.ts'
import type { ObjectStore } from './object-store.ts'

/** Entries that lie in the store behind its head: of a run that was ended before its swap, or of somebody else. */
export interface Leftover {
  readonly key: string
  readonly first: number
  /** The last one included. */
  readonly last: number
}

/** Finds what lies behind the head. A log that does not have these entries is not the one they are from: throws `AUDIT_TRUNCATED`. */
export async function findLeftovers(
  store: ObjectStore,
  size: number,
  localSize: number,
): Promise<Leftover[]> {
  // Keys are in the order of their numbers; a tilde is behind everything that a key goes on with.
  const after = size === 0 ? 'entries/' : `entries/${digits(size - 1)}~`
  const all = await store.keys('entries/', after)
  const found = all.flatMap((key) => {
    const kind = kindOf(key)
    return kind?.kind === 'entries' ? [{ key, first: kind.first, last: kind.last }] : []
  })
  const beyond = found.find(({ last }) => last >= localSize)
  if (beyond === undefined) return found
  throw new AuditError(
    'AUDIT_TRUNCATED',
    `${store.url(beyond.key)} has entries of this log that are not here, where only ${localSize} are signed: this folder was put back, or another has been shipped; nothing was shipped`,
  )
}

/** Where objects have to begin so that what is there already is met again, and held against the log. */
export function cutsOf(leftovers: readonly Leftover[]): Set<number> {
  return new Set(leftovers.flatMap(({ first, last }) => [first, last + 1]))
}

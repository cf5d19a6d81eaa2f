import type { AuditEntry } from './entry.ts'
import { namesUnsigned } from './entry-form.ts'
import { AuditError } from './errors.ts'
import { Frontier } from './merkle.ts'
import { rangeOf, unsignedRanges } from './unsigned-ranges.ts'
import { readLeaves } from './verify/log-leaves.ts'

/** What a log's signed entries say about legal holds. */
export interface SignedHolds {
  /** Those in force, by their ids. */
  readonly held: ReadonlyMap<string, SignedHold>
  /** Ids of those that ended. */
  readonly released: ReadonlySet<string>
}

/** A hold as its entry tells it. */
export interface SignedHold {
  readonly hold: string
  /** Null for a hold on everything. */
  readonly subject: string | null
  readonly reason: string
}

/** Reads what the entries under a checkpoint say about holds, in memory that does not grow with the log. Throws `AUDIT_DAMAGED` where they are not what was signed. */
export async function readSignedHolds(
  dir: string,
  { size, root }: { readonly size: number; readonly root: string },
): Promise<SignedHolds> {
  const tree = new Frontier()
  const said: AuditEntry[] = []
  const starts: AuditEntry[] = []
  await readLeaves(dir, size, (leaf, _seq, line) => {
    tree.push(leaf)
    if (!line?.includes('"action":"audit.hold') && !line?.includes('"action":"audit.open"')) return
    const entry = JSON.parse(String(line)) as AuditEntry
    if (namesUnsigned(entry)) starts.push(entry)
    if (/^audit\.hold(_release)?$/.test(entry.action)) said.push(entry)
  })
  if (tree.size !== size || tree.root().toString('base64') !== root) throw damaged(dir, size)
  const unsigned = unsignedRanges(starts)
  return holdsIn(said.filter(({ seq }) => rangeOf(unsigned, seq) === undefined))
}

function holdsIn(entries: readonly AuditEntry[]): SignedHolds {
  const held = new Map<string, SignedHold>()
  const released = new Set<string>()
  for (const { action, sys, subject = null, reason } of entries) {
    const hold = String(sys?.hold)
    if (action === 'audit.hold') held.set(hold, { hold, subject, reason: String(reason) })
    else if (held.delete(hold)) released.add(hold)
  }
  return { held, released }
}

function damaged(dir: string, size: number): AuditError {
  return new AuditError(
    'AUDIT_DAMAGED',
    `Expected ${dir} to be what its checkpoint of size ${size} was signed over: nobody can say which legal holds are in force; verify the log, and restore what was changed from a copy`,
  )
}

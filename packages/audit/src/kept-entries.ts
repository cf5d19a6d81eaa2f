import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AuditEntry, paddedSize } from './entry.ts'
import { rangeOf, type UnsignedRange } from './unsigned-ranges.ts'

/** What tells whose signatures count, and what expired: without it nobody could judge what is left of a log. */
const KEPT: ReadonlySet<string> = new Set([
  'audit.genesis',
  'audit.key_revoke',
  'audit.key_rotate',
  'audit.prune',
  'audit.stream',
])

/** An entry with its line. */
export interface EntryLine {
  readonly entry: AuditEntry
  readonly line: string
}

/** Where the lines lie that stay of an expired segment. */
export function keptPath(dir: string, first: number): string {
  return join(dir, 'hashes', `${paddedSize(first)}.kept`)
}

/** The lines of a segment that stay when it expires; none that a writer found unsigned, and the newest alone of those that name a stream under one key. */
export function keptLines(
  lines: readonly EntryLine[],
  unsigned: readonly UnsignedRange[],
): readonly string[] {
  const kept = new Map<string, string>()
  for (const { entry, line } of lines) {
    const { seq, action, sys = {} } = entry
    if (!KEPT.has(action) || rangeOf(unsigned, seq) !== undefined) continue
    const name = action === 'audit.stream' ? `${sys.origin} ${sys.key}` : String(seq)
    // Behind those before it.
    kept.delete(name)
    kept.set(name, line)
  }
  return [...kept.values()]
}

/** SHA-256 in hex of what stays, as the entry about the expiry names it; undefined where nothing does. */
export function keptDigest(bytes: Buffer | undefined): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('hex')
}

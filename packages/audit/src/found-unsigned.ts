import type { AuditEntry } from './entry.ts'
import { type SaidStart, type UnsignedRange, unsignedRanges } from './unsigned-ranges.ts'
import { readLeaves } from './verify/log-leaves.ts'

/** Reads which entries of a log its writers found unsigned; starts that have expired are left out, as all that they could be about has too. */
export async function readFoundUnsigned(dir: string): Promise<readonly UnsignedRange[]> {
  const starts: SaidStart[] = []
  await readLeaves(dir, Number.POSITIVE_INFINITY, (_leaf, _seq, line) => {
    if (!line?.includes('"action":"audit.open"')) return
    const entry = JSON.parse(String(line)) as AuditEntry
    if (entry.action === 'audit.open') starts.push(entry)
  })
  return unsignedRanges(starts)
}

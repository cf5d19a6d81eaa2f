import type { Findings } from './findings.ts'
import type { SegmentTail } from './segment-lines.ts'

/** Only the newest segment may begin with entries that are there already, and only with unsigned ones; of others that is told. */
export function tellPlace(first: number, seq: number, findings: Findings): void {
  if (first >= seq) return
  const detail = `a segment begins with entry ${first}, which is in the one before it`
  findings.failure('DUPLICATE_WRITE', first, detail)
}

/** Says what is behind the last whole line of a segment: a crash leaves it in the newest one, where zeros are space that was allocated ahead. */
export function tellTail(
  { bytes, zeros }: SegmentTail,
  {
    first,
    seq,
    isLive,
  }: { readonly first: number; readonly seq: number; readonly isLive: boolean },
  findings: Findings,
): void {
  if (bytes === 0 || (isLive && zeros)) return
  const detail = `${bytes} bytes behind the last whole line of the segment from entry ${first} on`
  if (isLive) findings.note('TORN_TAIL', seq, `${detail}: what a crash leaves`)
  else findings.failure('TORN_TAIL', seq, detail)
}

/** An entry by which a writer says that it starts. */
export interface SaidStart {
  readonly seq: number
  readonly ts?: string
  readonly sys?: { readonly [key: string]: unknown }
}

/** Entries from `from` on, before the `audit.open` entry `to`, whose writer found them unsigned. */
export interface UnsignedRange {
  readonly from: number
  readonly to: number
  /** When that writer started, as far as it is known. */
  readonly ts?: string
}

/** The ranges that starts name, given in their order. One that stands in such a range itself names none: it may be by anybody. */
export function unsignedRanges(starts: readonly SaidStart[]): readonly UnsignedRange[] {
  const ranges: UnsignedRange[] = []
  let from = Number.POSITIVE_INFINITY
  for (const { seq, ts, sys } of starts.toReversed()) {
    if (seq >= from || typeof sys?.signed !== 'number') continue
    from = sys.signed
    // The first start begins the log itself.
    if (from < seq && seq > 1) ranges.unshift({ from, to: seq, ...(ts !== undefined && { ts }) })
  }
  return ranges
}

/** The range that an entry is in. */
export function rangeOf(ranges: readonly UnsignedRange[], seq: number): UnsignedRange | undefined {
  return ranges.findLast(({ from, to }) => seq >= from && seq < to)
}

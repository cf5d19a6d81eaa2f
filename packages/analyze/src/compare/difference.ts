/** Smaller changes, as a share of either side, are the dust of binary fractions. */
const DUST = 1e-9

/** By how much a number has changed; 0 where that is dust. */
export function difference(now: number, before: number): number {
  const change = now - before
  return Math.abs(change) <= DUST * Math.max(Math.abs(now), Math.abs(before)) ? 0 : change
}

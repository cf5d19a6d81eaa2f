/** Sum, weight and sum of squares. */
export type SumState = readonly [sum: number, weight: number, squares: number]

/** Places that a sum takes. */
export const SUM_PLACES = 3

/** Adds to the sum at a place a number that is known of some calls only. */
export function addNumber(sums: Float64Array, at: number, value: number, weight: number): void {
  sums[at] = (sums[at] as number) + value * weight
  sums[at + 1] = (sums[at + 1] as number) + weight
  sums[at + 2] = (sums[at + 2] as number) + value * value * weight
}

/** The sum at a place; null when nothing was added. */
export function totalOf(sums: Float64Array, at: number): number | null {
  return sums[at + 1] === 0 ? null : Math.round(sums[at] as number)
}

/** The mean of what was added; null when nothing was. */
export function averageOf(sums: Float64Array, at: number): number | null {
  return sums[at + 1] === 0 ? null : (sums[at] as number) / (sums[at + 1] as number)
}

/** What a mergeable report keeps of a sum. */
export function sumState(sums: Float64Array, at: number): SumState {
  return [sums[at] as number, sums[at + 1] as number, sums[at + 2] as number]
}

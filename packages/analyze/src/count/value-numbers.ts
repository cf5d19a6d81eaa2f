// Where the numbers of a set of values stand.

/** How many there are. */
export const COUNT = 0
/** The least of them; infinite where there is none. */
export const MIN = 1
/** The largest of them; infinite below where there is none. */
export const MAX = 2
const SUM = 3
const CORRECTION = 4

/** Those of no values. */
export function noNumbers(): Float64Array {
  return Float64Array.of(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0)
}

/** Adds the first `count` of these values. */
export function addValues(numbers: Float64Array, values: Float64Array, count: number): void {
  let min = numbers[MIN] as number
  let max = numbers[MAX] as number
  // Neumaier's sum: the error of each addition is kept and added at the end.
  let sum = numbers[SUM] as number
  let correction = numbers[CORRECTION] as number
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    const before = sum
    sum += value
    correction += before >= value ? before - sum + value : value - sum + before
    if (value < min) min = value
    if (value > max) max = value
  }
  numbers[COUNT] = (numbers[COUNT] as number) + count
  numbers[MIN] = min
  numbers[MAX] = max
  numbers[SUM] = sum
  numbers[CORRECTION] = correction
}

/** Adds `count` values of which the sum, the least and the largest are known. */
export function addSummed(
  numbers: Float64Array,
  count: number,
  sum: number,
  min: number,
  max: number,
): void {
  const before = numbers.slice(0, SUM)
  addValues(numbers, Float64Array.of(sum), 1)
  numbers[COUNT] = (before[COUNT] as number) + count
  numbers[MIN] = Math.min(before[MIN] as number, min)
  numbers[MAX] = Math.max(before[MAX] as number, max)
}

/** Their sum. */
export function sumOf(numbers: Float64Array): number {
  return (numbers[SUM] as number) + (numbers[CORRECTION] as number)
}

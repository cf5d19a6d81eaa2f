/** How many values are in [from, to); the last bar includes its end. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

const MAX_BARS = 14
/** Steps within a decade, coarse to fine. */
const LOG_STEPS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]]
const NICE_STEPS = [1, 2, 2.5, 5, 10]

/**
 * Round numbers that cut the range from `min` to `max` into at most 14 bars: equal steps, or steps
 * that grow with the value where the range spans more than a factor of ten. `low` is a value below
 * which little lies; one bar holds it all.
 */
export function edgesFor(min: number, max: number, low: number): number[] {
  if (max === min) return [min, max]
  const from = low > 0 ? low : max / 1000
  return max / from > 10 ? logEdges(min, from, max) : linearEdges(min, max)
}

function linearEdges(min: number, max: number): number[] {
  const raw = (max - min) / (MAX_BARS - 2)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * (NICE_STEPS.find((nice) => nice * power >= raw) ?? 10)
  const first = Math.floor(min / step)
  const last = Math.max(first + 1, Math.ceil(max / step))
  return Array.from({ length: last - first + 1 }, (_, i) => round((first + i) * step))
}

function logEdges(min: number, from: number, max: number): number[] {
  let best: number[] = []
  for (const steps of LOG_STEPS) {
    const edges = decades(from, max, steps)
    if (edges.length > MAX_BARS && best.length > 0) break
    best = edges
  }
  const [first = 0] = best
  return min < first ? [0, ...best] : best
}

/** All steps of all decades from the last one at or below `from` to the first at or above `max`. */
function decades(from: number, max: number, steps: readonly number[]): number[] {
  const edges: number[] = []
  for (let power = Math.floor(Math.log10(from)); 10 ** power < max * 10; power++) {
    for (const step of steps) edges.push(round(step * 10 ** power))
  }
  const first = edges.findLastIndex((edge) => edge <= from)
  const last = edges.findIndex((edge) => edge >= max)
  return edges.slice(Math.max(first, 0), last === -1 ? undefined : last + 1)
}

function round(value: number): number {
  return Number(value.toPrecision(12))
}

/** Counts values, which come in parts, between the edges. */
export function countValues(edges: readonly number[], parts: Iterable<Float64Array>): Bar[] {
  const counts = new Array<number>(edges.length - 1).fill(0)
  for (const values of parts) countPart(edges, values, counts)
  return barsOf(edges, counts)
}

function countPart(edges: readonly number[], values: Float64Array, counts: number[]): void {
  let bar = 0
  for (let i = 0; i < values.length; i++) {
    bar = barOf(edges, values[i] as number, bar)
    counts[bar] = (counts[bar] as number) + 1
  }
}

/** The same of values of which each has a weight. */
export function countInto(
  edges: readonly number[],
  values: Iterable<readonly [value: number, count: number]>,
): Bar[] {
  const counts = new Array<number>(edges.length - 1).fill(0)
  let bar = 0
  for (const [value, count] of values) {
    bar = barOf(edges, value, bar)
    counts[bar] = (counts[bar] as number) + count
  }
  return barsOf(edges, counts)
}

/** The bar of a value, looked for from another. */
function barOf(edges: readonly number[], value: number, from: number): number {
  let bar = from
  while (bar < edges.length - 2 && value >= (edges[bar + 1] as number)) bar++
  while (bar > 0 && value < (edges[bar] as number)) bar--
  return bar
}

function barsOf(edges: readonly number[], counts: readonly number[]): Bar[] {
  return counts.map((count, i) => ({
    from: edges[i] as number,
    to: edges[i + 1] as number,
    count,
  }))
}

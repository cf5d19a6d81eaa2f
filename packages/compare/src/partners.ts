type Partners = (number | undefined)[]
type Score<T> = (a: T, b: T) => number

/** Scores that are computed; with more, partners are sought in order. */
const MAX_SCORES = 10_000
/** How far away a partner is sought then. */
const REACH = 20

/** For each item of `a` the position of its partner in `b`, in order: the choice whose scores add up to the most. */
export function partnersOf<T>(a: readonly T[], b: readonly T[], score: Score<T>): Partners {
  if (a.length * b.length > MAX_SCORES) return nextPartners(a, b, score)
  const scores = a.map((left) => Float64Array.from(b, (right) => score(left, right)))
  return readPartners(scores, sumsOf(scores, b.length))
}

/** `sums[i][j]` is the highest sum that `a` from i and `b` from j can reach. */
function sumsOf(scores: readonly Float64Array[], width: number): Float64Array[] {
  let below = new Float64Array(width + 1)
  const sums = [below]
  for (const row of scores.toReversed()) {
    const sum = new Float64Array(width + 1)
    for (let j = width - 1; j >= 0; j -= 1)
      sum[j] = Math.max(together(row, below, j), below[j] ?? 0, sum[j + 1] ?? 0)
    sums.push(sum)
    below = sum
  }
  return sums.reverse()
}

function readPartners(scores: readonly Float64Array[], sums: readonly Float64Array[]): Partners {
  let j = 0
  return scores.map((row, i) => {
    const [here, below] = [sums[i], sums[i + 1]]
    if (here === undefined || below === undefined) return undefined
    // Where skipping items of `b` loses nothing, the partner comes later.
    while (j < row.length && here[j] === here[j + 1]) j += 1
    if (j === row.length || together(row, below, j) !== here[j]) return undefined
    j += 1
    return j - 1
  })
}

function together(row: Float64Array, below: Float64Array, j: number): number {
  const score = row[j] ?? 0
  return score > 0 ? score + (below[j + 1] ?? 0) : 0
}

/** The next item that goes with it at all, not far away. */
function nextPartners<T>(a: readonly T[], b: readonly T[], score: Score<T>): Partners {
  let next = 0
  return a.map((left) => {
    const near = b.slice(next, next + REACH).findIndex((right) => score(left, right) > 0)
    if (near < 0) return undefined
    next += near + 1
    return next - 1
  })
}

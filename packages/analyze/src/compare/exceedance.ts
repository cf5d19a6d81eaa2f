/**
 * How probable it is that so many more values of one of two samples, in rising order, lie beyond the quantile of both
 * together, where nothing changed: the exact test of the hypergeometric distribution, with half of the case itself. It
 * holds whatever the values are: ties, zeros, heavy tails.
 */
export function exceedanceNoise(a: Float64Array, b: Float64Array, quantile: number): number {
  const cut = pooledAt(a, b, Math.floor((a.length + b.length - 1) * quantile))
  const counts = [countsAbove(a, b, cut, false), countsAbove(a, b, cut, true)]
  const wanted = (a.length + b.length) * (1 - quantile)
  const far = ([x = 0, y = 0]: readonly number[]) => Math.abs(x + y - wanted)
  // Where many values are the quantile itself, it lies above or below all of them.
  const [inA = 0, inB = 0] = counts.toSorted((one, other) => far(one) - far(other))[0] ?? []
  const mean = ((inA + inB) * a.length) / (a.length + b.length)
  return inA < mean ? tail(inA, inB, a.length, b.length) : tail(inB, inA, b.length, a.length)
}

/** The value of a rank from 0 in both together. */
function pooledAt(a: Float64Array, b: Float64Array, rank: number): number {
  let i = 0
  let value = 0
  for (let j = 0; i + j <= rank; ) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY]
    value = Math.min(x, y)
    if (x <= y) i += 1
    else j += 1
  }
  return value
}

function countsAbove(a: Float64Array, b: Float64Array, cut: number, orAt: boolean): number[] {
  return [a, b].map((values) => {
    let from = 0
    for (let to = values.length; from < to; ) {
      const middle = (from + to) >> 1
      const value = values[middle] as number
      if (value > cut || (orAt && value === cut)) to = middle
      else from = middle + 1
    }
    return values.length - from
  })
}

/** Twice the probability of at most so few of the marked in the first of two samples. */
function tail(few: number, many: number, first: number, second: number): number {
  const marked = few + many
  const logOf = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k)
  let term = Math.exp(logOf(first, few) + logOf(second, many) - logOf(first + second, marked))
  let sum = term / 2
  for (let k = few; k > 0 && term > sum * 1e-12; k--) {
    term *= (k * (second - marked + k)) / ((first - k + 1) * (marked - k + 1))
    sum += term
  }
  return Math.min(1, 2 * sum)
}

/** Stirling's series, from 16 on exact to twelve digits. */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1
    for (let i = 2; i <= n; i++) product *= i
    return Math.log(product)
  }
  const x = n + 1
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series
}

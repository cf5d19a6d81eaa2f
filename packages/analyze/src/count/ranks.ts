import type { ValueList } from './value-list.ts'

/** Fewer values are sorted: that is quicker than counting them. */
const MIN_COUNTED = 4096
/** A bucket is told by the upper bits of a double: exponent and seven bits of the fraction. */
const SHIFT = 13
/** What is smaller has one bucket: else there would be more of them for zeros than for all the rest. */
const LEAST = 2 ** -10

/**
 * The values of some ranks, from 0, of the order of a list, without sorting it: doubles from 0 up
 * rise with their bits, so that those in the bucket of a rank can be told by counting, and only
 * they are sorted. `max` is the largest of them.
 */
export function valuesAt(
  list: ValueList,
  ranks: readonly number[],
  max: number,
): Map<number, number> {
  if (list.length < MIN_COUNTED) {
    const sorted = list.values().sort()
    return new Map(ranks.map((rank) => [rank, sorted[rank] as number]))
  }
  const counts = countBuckets(list, bucketOf(Math.max(max, LEAST)) + 1)
  const places = ranks.map((rank) => placeOf(counts, rank))
  const sorted = sortedBuckets(list, counts, new Set(places.map(({ bucket }) => bucket)))
  return new Map(
    places.map(({ rank, bucket, before }) => [rank, sorted.get(bucket)?.[rank - before] as number]),
  )
}

function countBuckets(list: ValueList, buckets: number): Uint32Array {
  const counts = new Uint32Array(buckets)
  for (const values of list.parts()) countPart(values, counts)
  return counts
}

// A loop of its own is compiled once; one within the loop over a generator time and again.
function countPart(values: Float64Array, counts: Uint32Array): void {
  const words = wordsOf(values)
  for (let at = HIGH; at < words.length; at += 2) {
    const bucket = Math.max(0, ((words[at] as number) >> SHIFT) - LEAST_BUCKET)
    counts[bucket] = (counts[bucket] as number) + 1
  }
}

/** The bucket in which a rank lies, and how many values lie below it. */
function placeOf(counts: Uint32Array, rank: number) {
  let bucket = 0
  let before = 0
  for (; before + (counts[bucket] as number) <= rank; bucket++) before += counts[bucket] as number
  return { rank, bucket, before }
}

/** The values of these buckets in order. */
function sortedBuckets(
  list: ValueList,
  counts: Uint32Array,
  wanted: ReadonlySet<number>,
): Map<number, Float64Array> {
  const found = [...wanted].map((bucket) => new Float64Array(counts[bucket] as number))
  const used = new Uint32Array(found.length)
  // Which of them a bucket is, from 1.
  const numbers = new Uint8Array(counts.length)
  for (const [i, bucket] of [...wanted].entries()) numbers[bucket] = i + 1
  for (const values of list.parts()) sortPart(values, numbers, found, used)
  return new Map([...wanted].map((bucket, i) => [bucket, (found[i] as Float64Array).sort()]))
}

/** Puts the values of wanted buckets where they belong. */
function sortPart(
  values: Float64Array,
  numbers: Uint8Array,
  found: readonly Float64Array[],
  used: Uint32Array,
): void {
  const words = wordsOf(values)
  for (let i = 0; i < values.length; i++) {
    const bucket = Math.max(0, ((words[i * 2 + HIGH] as number) >> SHIFT) - LEAST_BUCKET)
    const number = numbers[bucket] as number
    if (number === 0) continue
    const into = found[number - 1] as Float64Array
    const at = used[number - 1] as number
    into[at] = values[i] as number
    used[number - 1] = at + 1
  }
}

function wordsOf(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

function bucketOf(value: number): number {
  return ((wordsOf(Float64Array.of(value))[HIGH] as number) >> SHIFT) - LEAST_BUCKET
}

/** Which of the two words of a double has the exponent. */
const HIGH: 0 | 1 = new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1
/** The bucket of `LEAST`, less one. */
const LEAST_BUCKET: number = (((1023 - 10) << 20) >> SHIFT) - 1

import { TIME_UNITS, type TimeUnit } from '../shapes/shape.ts'
import { MS_PER_UNIT } from '../shapes/times.ts'

/** One value of a length whose unit is asked for, and what the same record says beside it. */
export interface LengthSample {
  readonly value: number
  /** Milliseconds from start to end, where both are told. */
  readonly spanMs?: number | undefined
  readonly outputTokens?: number | undefined
  /** Milliseconds of a length of the same call whose unit is known: the whole for a first token, a first token for the whole. */
  readonly wholeMs?: number | undefined
  readonly partMs?: number | undefined
}

/** What was found out about a unit, and by what. */
export interface UnitVerdict {
  readonly unit?: TimeUnit
  readonly why: string
  /** There where only its size told the unit, so that it has to be said. */
  readonly isGuess?: true
}

/** Records that are looked at in judging a unit. */
const SPAN_TOLERANCE = 1.25
const ENOUGH = 0.8

/**
 * The unit of a length that has none in its name: by start and end of the same calls, by the speed
 * at which tokens would have come, by a length beside it, by its size; no unit where these do not tell.
 */
export function judgeUnit(samples: readonly LengthSample[]): UnitVerdict {
  const positive = samples.filter(({ value }) => value > 0)
  if (positive.length === 0) return { why: 'it is 0 everywhere' }
  return (
    bySpan(positive) ??
    bySpeed(positive) ??
    byNeighbour(positive) ??
    bySize(positive) ??
    CANNOT_TELL
  )
}

const CANNOT_TELL: UnitVerdict = { why: 'its values may be seconds or milliseconds' }

function bySpan(samples: readonly LengthSample[]): UnitVerdict | undefined {
  const told = samples.filter(({ spanMs }) => spanMs !== undefined && spanMs > 0)
  if (told.length === 0) return undefined
  const unit = TIME_UNITS.find((candidate) => {
    const agreeing = told.filter(({ value, spanMs }) => {
      const ratio = (value * MS_PER_UNIT[candidate]) / (spanMs as number)
      return ratio > 1 / SPAN_TOLERANCE && ratio < SPAN_TOLERANCE
    })
    return agreeing.length >= told.length * ENOUGH
  })
  return unit === undefined ? undefined : { unit, why: 'it is the time from start to end' }
}

/** Tokens a second at which models answer, wide; the median of calls is meant. */
const SPEED = { from: 2, to: 1500 }
const MIN_TOKENS = 10

function bySpeed(samples: readonly LengthSample[]): UnitVerdict | undefined {
  const speeds = samples
    .filter(({ outputTokens }) => outputTokens !== undefined && outputTokens >= MIN_TOKENS)
    .map(({ value, outputTokens }) => (outputTokens as number) / value)
  if (speeds.length === 0) return undefined
  const perUnit = median(speeds)
  const fitting = TIME_UNITS.filter((unit) => {
    const speed = (perUnit / MS_PER_UNIT[unit]) * 1000
    return speed >= SPEED.from && speed <= SPEED.to
  })
  const [unit] = fitting
  return unit !== undefined && fitting.length === 1
    ? { unit, why: 'so many tokens come in that time' }
    : undefined
}

/** A first token comes before the end, and not before a thousandth of the whole. */
function byNeighbour(samples: readonly LengthSample[]): UnitVerdict | undefined {
  const told = samples.filter(
    ({ wholeMs, partMs }) => wholeMs !== undefined || partMs !== undefined,
  )
  if (told.length === 0) return undefined
  const fitting = TIME_UNITS.filter((unit) => {
    const agreeing = told.filter(({ value, wholeMs, partMs }) => {
      const ms = value * MS_PER_UNIT[unit]
      const ratio = wholeMs === undefined ? (partMs as number) / ms : ms / wholeMs
      return ratio <= 1.001 && ratio > 0.001
    })
    return agreeing.length >= told.length * 0.95
  })
  const [unit] = fitting
  return unit !== undefined && fitting.length === 1
    ? { unit, why: 'it fits the other times of the same calls' }
    : undefined
}

/** Sizes that only one unit gives to calls of models: below what is seconds, above what is milliseconds, and so on. */
const SECONDS_BELOW = 15
const MS_ABOVE = 200
const US_ABOVE = 200_000
const NS_ABOVE = 1.5e8
const MIN_SLOW = 3

function bySize(samples: readonly LengthSample[]): UnitVerdict | undefined {
  const values = samples.map(({ value }) => value)
  const middle = median(values)
  const whole = values.every(Number.isInteger)
  const guess = { why: 'calls of models take about so long', isGuess: true } as const
  if (middle >= NS_ABOVE) return { unit: 'ns', ...guess }
  if (middle >= US_ABOVE) return { unit: 'us', ...guess }
  if (middle >= MS_ABOVE) return { unit: 'ms', ...guess }
  if (!whole && middle < SECONDS_BELOW && !wouldBeSlow(samples)) return { unit: 's', ...guess }
  // Seconds would hardly all be whole.
  return whole && values.length >= 5 && middle >= 20 ? { unit: 'ms', ...guess } : undefined
}

/** So few tokens do not take many seconds. */
function wouldBeSlow(samples: readonly LengthSample[]): boolean {
  const speeds = samples.flatMap(({ value, outputTokens = 0 }) =>
    outputTokens > 0 && value > MIN_SLOW ? [outputTokens / value] : [],
  )
  return speeds.length > samples.length / 2 && median(speeds) < 1
}

/** The middle of some numbers; there is at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] as number
}

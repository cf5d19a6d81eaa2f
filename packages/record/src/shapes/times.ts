import { fromIso } from './moments.ts'
import type { TimeUnit } from './shape.ts'

/** Milliseconds in a unit. */
export const MS_PER_UNIT: Readonly<Record<TimeUnit, number>> = {
  s: 1000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
}

const UNIT =
  'ns|nanos(?:econds?)?|us|µs|μs|micros(?:econds?)?|ms|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hours?'
const PIECE = new RegExp(`(\\d[\\d,_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\s*(${UNIT})(?![a-zµμ])`, 'gi')
const MS_PER_WORD: readonly (readonly [RegExp, number])[] = [
  [/^n/i, 1e-6],
  [/^(?:us|µ|μ|mic)/i, 1e-3],
  [/^(?:ms|mil)/i, 1],
  [/^s/i, 1000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
]
const CLOCK_LENGTH = /^\s*(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)\s*$/

/** Milliseconds for a length: a number in a unit (default ms), or text that names its own (`1.5s`, `1m2s`, `PT1.5S`, `0:00:01.5`); null for what is no length. */
export function toMilliseconds(value: unknown, unit: TimeUnit = 'ms'): number | null {
  const number = unit === 's' ? toAmount(value) : toNumber(value)
  if (number !== null) return number < 0 ? null : number * MS_PER_UNIT[unit]
  return typeof value === 'string' ? namedLength(value) : null
}

/** Milliseconds of a text that names its unit; null for any other. */
function namedLength(text: string): number | null {
  const [, hours, minutes, seconds] = CLOCK_LENGTH.exec(text) ?? []
  if (seconds !== undefined)
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  // ISO 8601 has days and hours before and after the `T`.
  const pieces = [...text.replace(/^\s*PT/, '').matchAll(PIECE)]
  const rest = text
    .replace(/^\s*PT/, '')
    .replaceAll(PIECE, '')
    .trim()
  if (pieces.length === 0 || rest !== '') return null
  return pieces.reduce<number | null>((sum, [, amount, word = '']) => {
    const factor = MS_PER_WORD.find(([name]) => name.test(word))?.[1] ?? 1
    // A call takes no thousands of seconds, and not one millisecond and a little.
    const number = factor >= 1000 ? toAmount(amount) : toNumber(amount)
    return sum === null || number === null ? null : sum + number * factor
  }, 0)
}

/** `1,200`, `1 200`, `1_200`, `1,234.5`. */
const GROUPED = /^\s*-?[1-9]\d{0,2}(?:([,_ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?\s*$/

/** A finite number of a size that can be counted with; text with nothing but a number counts, with separators of thousands, too. */
export function toNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? numberOf(value) : value
  if (typeof number !== 'number') return null
  return Math.abs(number) <= 1e21 ? number : null
}

const ONE_COMMA = /^\s*-?\d+,\d+\s*$/

/** The same of what may have decimals: `1,234` is a thousand or a little more than one, and so neither. */
export function toAmount(value: unknown): number | null {
  return typeof value === 'string' && ONE_COMMA.test(value) ? null : toNumber(value)
}

function numberOf(text: string): number {
  const number = Number(text)
  return Number.isNaN(number) && GROUPED.test(text)
    ? Number(text.replaceAll(/[,_\s]/g, ''))
    : number
}

/** What a Date can hold. */
const MAX_TIME = 8.64e15
/** 1973 in seconds: a smaller number is a length, not a date. */
const MIN_EPOCH = 1e8

/** Epoch milliseconds that a date can have; null for anything else. */
export function toMoment(value: unknown): number | null {
  const number = toNumber(value)
  return number === null || Math.abs(number) > MAX_TIME ? null : number
}

/**
 * Epoch milliseconds of a time stamp: ISO 8601 (UTC when it names no zone), or a number of the
 * given unit; without a unit its size tells (s, ms, us or ns since 1970). Null for anything else.
 */
export function toEpoch(value: unknown, unit?: TimeUnit): number | null {
  if (typeof value === 'string' && toNumber(value) === null) return fromIso(value)
  const number = toNumber(value)
  if (number === null || number <= 0) return null
  if (unit === undefined && number < MIN_EPOCH) return null
  return toMoment(number * MS_PER_UNIT[unit ?? unitBySize(number)])
}

function unitBySize(epoch: number): TimeUnit {
  if (epoch < 1e11) return 's'
  if (epoch < 1e14) return 'ms'
  return epoch < 1e17 ? 'us' : 'ns'
}

import type { TimeUnit } from '@recount/record'

const PER_UNIT: Readonly<Record<TimeUnit, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }

/** Milliseconds for a length given in a unit (default ms); null for what is no length. */
export function toMilliseconds(value: unknown, unit: TimeUnit = 'ms'): number | null {
  const number = toNumber(value)
  return number === null || number < 0 ? null : number * PER_UNIT[unit]
}

/** A finite number of a size that can be counted with; text with nothing but a number counts. */
export function toNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number') return null
  return Math.abs(number) <= 1e21 ? number : null
}

const ZONE = /(?:[zZ]|[+-]\d{2}:?\d{2})$/
const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s?(\S*)$/
/** What a Date can hold. */
const MAX_TIME = 8.64e15

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
  return toMoment(number * PER_UNIT[unit ?? unitBySize(number)])
}

function fromIso(text: string): number | null {
  const found = DATE_AND_TIME.exec(text.trim())
  const time = found?.[2]?.replace(',', '.')
  const zone = found?.[3] === undefined || !ZONE.test(found[3]) ? 'Z' : found[3]
  const ms = Date.parse(found ? `${found[1]}T${time}${zone}` : text)
  return Number.isNaN(ms) ? null : ms
}

function unitBySize(epoch: number): TimeUnit {
  if (epoch < 1e11) return 's'
  if (epoch < 1e14) return 'ms'
  return epoch < 1e17 ? 'us' : 'ns'
}

const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/
const DURATION_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Epoch milliseconds of a bound: an ISO time, or a duration (`30s 15m 24h 7d 4w`) before `now`. */
export function parseBoundary(text: string, now: number): number | null {
  const duration = DURATION.exec(text.trim())
  if (duration) {
    return now - Number(duration[1]) * DURATION_MS[duration[2] as keyof typeof DURATION_MS]
  }
  return /^\d{4}-/.test(text.trim()) ? fromIso(text) : null
}

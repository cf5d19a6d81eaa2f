const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const PIECE =
  /(\d+(?:\.\d+)?)\s{0,2}(milliseconds?|millis|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|hr|h|days?|d)(?![a-z])/gy

/** A length such as `4m3.2s`, `9.8 seconds`, `23h 59m`, at a place of a lower-case text; milliseconds. */
export function durationAt(text: string, at: number): number | undefined {
  let total: number | undefined
  PIECE.lastIndex = at
  for (let piece = PIECE.exec(text); piece !== null; piece = PIECE.exec(text)) {
    total = (total ?? 0) + Number(piece[1]) * unitOf(piece[2] ?? '')
    const gap = /^(?:,? (?:and )?)(?=\d)/.exec(text.slice(PIECE.lastIndex, PIECE.lastIndex + 8))
    if (gap !== null) PIECE.lastIndex += gap[0].length
  }
  return total === undefined ? undefined : Math.round(total)
}

function unitOf(word: string): number {
  if (word.startsWith('ms') || word.startsWith('milli')) return 1
  return UNITS[word.charAt(0)] ?? 1000
}

/** Nothing waits longer than a year; what says so is no length of time. */
const MOST = 366 * 86_400_000

/**
 * When to come back, as headers and fields spell it: seconds, lengths with units, dates, epoch seconds or milliseconds;
 * milliseconds from now.
 */
export function delayOf(value: unknown, now: number, bare: 's' | 'ms' = 's'): number | undefined {
  const text = String(value).trim().toLowerCase()
  const wait = waitOf(text, now, bare)
  return wait === undefined || wait > MOST ? undefined : Math.max(0, Math.round(wait))
}

function waitOf(text: string, now: number, bare: 's' | 'ms'): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    if (number > 1e12) return number - now
    if (number > 1e9) return number * 1000 - now
    return bare === 'ms' ? number : number * 1000
  }
  if (/^\d+(?:\.\d+)?\s?[a-z]/.test(text)) return durationAt(text, 0)
  const date = /\d{4}-\d\d-\d\dt|^[a-z]{3}, /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : date - now
}

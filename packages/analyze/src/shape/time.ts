import { fromIso } from '@recount/record/shapes'

const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/
const DURATION_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Milliseconds of a duration (`30s 15m 24h 7d 4w`); null for anything else. */
export function parseDuration(text: string): number | null {
  const found = DURATION.exec(text.trim())
  return found ? Number(found[1]) * DURATION_MS[found[2] as keyof typeof DURATION_MS] : null
}

/** Epoch milliseconds of a bound: an ISO time, or a duration (`30s 15m 24h 7d 4w`) before `now`. */
export function parseBoundary(text: string, now: number): number | null {
  const duration = parseDuration(text)
  if (duration !== null) return now - duration
  return /^\d{4}-/.test(text.trim()) ? fromIso(text) : null
}

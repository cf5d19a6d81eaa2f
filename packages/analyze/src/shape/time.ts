import { fromIso } from '@recount/record/shapes'

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

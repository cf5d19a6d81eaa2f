const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/
const DURATION_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Milliseconds of `30s 15m 24h 7d 4w`; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text.trim()) ?? []
  return count === undefined ? undefined : Number(count) * DURATION_MS[unit as 's']
}

/** Epoch milliseconds of an ISO date, or of so long before `now`; undefined for what is neither. */
export function momentMs(text: string, now: number = Date.now()): number | undefined {
  const duration = durationMs(text)
  if (duration !== undefined) return now - duration
  const moment = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(moment) ? undefined : moment
}

import type { Report } from '../report.ts'
import { minuteText } from '../text/number-text.ts'

/** A window in words, `2026-11-20 09:00 to 10:30 UTC`; undefined where no call says when it began. */
export function periodText({ from, to }: Report['window']): string | undefined {
  if (from === null || to === null) return undefined
  const [first, last] = [minuteText(from), minuteText(to)]
  if (first === last) return `${first} UTC`
  const sameDay = first.slice(0, 10) === last.slice(0, 10)
  return `${first} to ${sameDay ? last.slice(11) : last} UTC`
}

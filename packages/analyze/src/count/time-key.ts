import { toMoment } from '@recount/record/shapes'
import { type SeriesStep, STEP_MS } from './time-series.ts'
import { withinDates, ZoneOffsets } from './zone-offsets.ts'

/** Labels that are remembered. */
const MAX_LABELS = 10_000

/** Names the day, hour or minute in which a call began, by the clocks of a zone. */
export class TimeKeys {
  readonly #zone: ZoneOffsets
  readonly #isUtc: boolean
  readonly #labels = new Map<string, string>()

  constructor(zone: string) {
    this.#zone = new ZoneOffsets(zone)
    this.#isUtc = zone === 'UTC'
  }

  /** `2026-11-20`, `2026-11-20 14:00`; elsewhere than in UTC with the offset, since hours may come twice: `2026-10-25 02:00+02:00`. Null without a time. */
  label(step: SeriesStep, startTime: unknown): string | null {
    const time = toMoment(startTime)
    if (time === null) return null
    const from = this.#zone.beginning(time, STEP_MS[step])
    const id = `${step} ${from}`
    const known = this.#labels.get(id)
    if (known !== undefined) return known
    if (this.#labels.size >= MAX_LABELS) this.#labels.clear()
    const label = this.#labelAt(step, from)
    this.#labels.set(id, label)
    return label
  }

  #labelAt(step: SeriesStep, from: number): string {
    const offset = this.#zone.offsetAt(from)
    const local = new Date(withinDates(from + offset)).toISOString()
    // Years beyond 9999 have more digits.
    const [day = '', time = ''] = local.split('T')
    if (step === 'day') return day
    return `${day} ${time.slice(0, 5)}${this.#isUtc ? '' : offsetText(offset)}`
  }
}

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000))
  const two = (number: number) => String(number).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The moment that a label names, epoch milliseconds; the last of all for what names none. */
export function momentOf(label: string | null): number {
  const text = label?.replace(' ', 'T') ?? ''
  const moment = Date.parse(/T\d\d:\d\d$/.test(text) ? `${text}Z` : text)
  return Number.isNaN(moment) ? Number.POSITIVE_INFINITY : moment
}

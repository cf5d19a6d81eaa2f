const MAX_OFFSET = 86_400_000

/** How far the clocks of a zone are from UTC; they change at full quarters of an hour only. */
export class ZoneOffsets {
  readonly #format: Intl.DateTimeFormat | undefined
  readonly #known = new Map<number, number>()

  constructor(zone: string) {
    if (zone === 'UTC') return
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', minute: 'numeric', ...parts },
    })
  }

  /** When the hour, day or whatever is so long began that a moment is in, by the clocks of the zone. */
  beginning(time: number, length: number): number {
    const offset = this.offsetAt(time)
    const local = Math.floor((time + offset) / length) * length
    // Clocks may have changed since midnight.
    return withinDates(local - this.offsetAt(local - offset))
  }

  /** Milliseconds that the clocks are ahead of UTC. */
  offsetAt(time: number): number {
    if (this.#format === undefined) return 0
    const quarter = withinDates(Math.floor(time / 900_000) * 900_000)
    const known = this.#known.get(quarter)
    if (known !== undefined) return known
    const found = Object.fromEntries(
      this.#format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]),
    )
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = found
    const clocks = Date.UTC(year, month - 1, day, hour, minute) - quarter
    // Years before 100 and before Christ are written otherwise.
    const offset = Math.abs(clocks) <= MAX_OFFSET ? clocks : 0
    if (this.#known.size > 10_000) this.#known.clear()
    this.#known.set(quarter, offset)
    return offset
  }
}

/** What a Date can hold. */
const MAX_TIME = 8.64e15

/** The nearest moment that a date can have. */
export function withinDates(time: number): number {
  return Math.max(-MAX_TIME, Math.min(time, MAX_TIME))
}

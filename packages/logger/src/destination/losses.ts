import type { DropReport } from './destination.ts'

/** Counts what was lost: in all, and since the last report. */
export class Losses {
  lines = 0
  bytes = 0
  #unreported: DropReport | undefined
  readonly #sink: string

  constructor(sink: string) {
    this.#sink = sink
  }

  /** Whether something was lost that no report has told yet. */
  get unreported(): boolean {
    return this.#unreported !== undefined
  }

  add(reason: string, count: number, bytes: number): void {
    this.lines += count
    this.bytes += bytes
    const to = Date.now()
    const from = this.#unreported?.from ?? to
    this.#merge({ reason, count, bytes, from, to, sink: this.#sink })
  }

  /** What a report has to tell; from here on it counts as told. */
  take(): DropReport | undefined {
    const report = this.#unreported
    this.#unreported = undefined
    return report
  }

  /** A report could not be written: its losses are untold again. */
  putBack(report: DropReport): void {
    const later = this.#unreported
    this.#unreported = report
    if (later !== undefined) this.#merge(later)
  }

  #merge(later: DropReport): void {
    const earlier = this.#unreported
    this.#unreported =
      earlier === undefined
        ? later
        : {
            ...earlier,
            count: earlier.count + later.count,
            bytes: earlier.bytes + later.bytes,
            to: later.to,
          }
  }
}

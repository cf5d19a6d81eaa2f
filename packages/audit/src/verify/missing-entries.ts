import type { Findings } from './findings.ts'

interface Gap {
  readonly start: number
  readonly end: number
}

const MOST_GAPS = 10_000

/** Entries that are nowhere, unless they come late. */
export class MissingEntries {
  #gaps: Gap[] = []

  /** Entries from `start` on, before `end`, are not where they have to be. */
  add(start: number, end: number): void {
    if (this.#gaps.length < MOST_GAPS) this.#gaps.push({ start, end })
  }

  /** Whether an entry is one of the missing, which it is no more. */
  fill(seq: number): boolean {
    const at = this.#gaps.findIndex(({ start, end }) => seq >= start && seq < end)
    const gap = this.#gaps[at]
    if (gap === undefined) return false
    const rest = [
      { start: gap.start, end: seq },
      { start: seq + 1, end: gap.end },
    ]
    this.#gaps.splice(at, 1, ...rest.filter(({ start, end }) => start < end))
    return true
  }

  /** Says which are still missing. */
  finish(findings: Findings): void {
    for (const { start, end } of this.#gaps) {
      const what = end - start === 1 ? `entry ${start} is` : `entries ${start} to ${end - 1} are`
      findings.failure('GAP', start, `${what} missing`)
    }
    this.#gaps = []
  }
}

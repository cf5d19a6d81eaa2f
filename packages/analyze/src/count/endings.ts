import type { Report } from '../report.ts'
import type { Ending } from './attempts.ts'
import { CappedTable, countsOf } from './capped.ts'
import type { EndingsState } from './tables-state.ts'

/** Error types, categories and finish reasons that are told apart. */
export const MAX_NAMES = 1_000

/** How often something was. */
export interface Tally {
  count: number
}

/** Counts of what calls ended. */
export class Endings {
  readonly #types = new CappedTable(MAX_NAMES, noTally)
  readonly #categories = new CappedTable(MAX_NAMES, noTally)
  readonly #finishes = new CappedTable(MAX_NAMES, noTally)

  /** Of what there were more names than are told apart. */
  overflowed(): string[] {
    return [
      ...(this.#types.overflowed ? ['error types'] : []),
      ...(this.#categories.overflowed ? ['error categories'] : []),
    ]
  }

  /** An ending; with -1 it is taken back. */
  add({ status, errorType, errorCategory, finishReason, weight }: Ending, sign: 1 | -1): void {
    if (finishReason !== null) this.finish(finishReason).count += sign * weight
    if (status !== 'error' && status !== 'partial') return
    this.#types.get(errorType).count += sign * weight
    this.#categories.get(errorCategory).count += sign * weight
  }

  /** Where a finish reason is counted. */
  finish(reason: string): Tally {
    return this.#finishes.get(reason)
  }

  errorsByType(): Report['errors_by_type'] {
    return countsOf(this.#types).map(([type, count]) => ({ type, count }))
  }

  errorsByCategory(): Report['errors_by_category'] {
    return countsOf(this.#categories).map(([category, count]) => ({ category, count }))
  }

  finishReasons(): Report['finish_reasons'] {
    return countsOf(this.#finishes).map(([reason, count]) => ({ reason: reason ?? '', count }))
  }

  /** What a mergeable report keeps of them. */
  state(): EndingsState {
    const named = (table: CappedTable<Tally>) =>
      table.entries().map(([name, { count }]): [string | null, number] => [name, count])
    return {
      types: named(this.#types),
      categories: named(this.#categories),
      finishes: named(this.#finishes),
    }
  }

  /** Adds what another has counted. */
  mergeState({ types, categories, finishes }: EndingsState): void {
    for (const [name, count] of types) this.#types.get(name).count += count
    for (const [name, count] of categories) this.#categories.get(name).count += count
    for (const [name, count] of finishes) this.#finishes.get(name).count += count
  }
}

function noTally(): Tally {
  return { count: 0 }
}

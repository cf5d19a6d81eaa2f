import { byNumber } from './order.ts'

/** The name of the entry that holds what came after a table was full. */
export const OTHER = '(other)'

/**
 * A table with at most `limit` keys, so that hostile or merely busy input cannot fill the memory:
 * the first so many keys have an entry each, all later ones share `(other)`.
 */
export class CappedTable<Value> {
  readonly #entries = new Map<string | null, Value>()
  readonly #limit: number
  readonly #create: (key: string | null) => Value
  #other: Value | undefined

  constructor(limit: number, create: (key: string | null) => Value) {
    this.#limit = limit
    this.#create = create
  }

  /** Whether `(other)` is in use. */
  get overflowed(): boolean {
    return this.#other !== undefined
  }

  get(key: string | null): Value {
    const found = this.#entries.get(key)
    if (found !== undefined) return found
    if (this.#entries.size >= this.#limit) {
      this.#other ??= this.#create(OTHER)
      return this.#other
    }
    const created = this.#create(key)
    this.#entries.set(key, created)
    return created
  }

  /** All entries, `(other)` last. */
  entries(): [string | null, Value][] {
    const own: [string | null, Value][] = [...this.#entries]
    return this.#other === undefined ? own : [...own, [OTHER, this.#other]]
  }
}

/** The names that were counted, the most frequent first. */
export function countsOf(table: CappedTable<{ count: number }>): [string | null, number][] {
  return table
    .entries()
    .map(([key, { count }]): [string | null, number] => [key, Math.round(count)])
    .filter(([, count]) => count > 0)
    .sort(
      byNumber(
        ([, count]) => count,
        ([name]) => name,
      ),
    )
}

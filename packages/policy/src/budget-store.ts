/** Where sums of budgets are kept. One store for several processes makes one budget of them. */
export interface BudgetStore {
  /** Adds whole nano-dollars under a key in one step, and answers the new sum. The key is of no use after `until` (epoch ms). */
  add(key: string, nanoUsd: number, until: number): number | Promise<number>
}

/** Keys beyond so many push out the oldest, whose sum begins anew. */
const MAX_KEYS = 100_000

/** A store that answers at once. */
export interface MemoryBudgetStore {
  add(key: string, nanoUsd: number, until: number): number
}

/** Sums of this process alone; they are gone when it ends. */
export function memoryBudgetStore({
  clock = Date.now,
}: {
  clock?: () => number
} = {}): MemoryBudgetStore {
  const sums = new Map<string, { sum: number; until: number }>()
  let nextSweep = 0

  function sweep(now: number): void {
    for (const [key, { until }] of sums) if (until <= now) sums.delete(key)
    nextSweep = now + 60_000
  }

  return {
    add(key, nanoUsd, until) {
      const now = clock()
      if (now >= nextSweep) sweep(now)
      const sum = (sums.get(key)?.sum ?? 0) + nanoUsd
      sums.set(key, { sum, until })
      const [oldest] = sums.keys()
      if (sums.size > MAX_KEYS && oldest !== undefined) sums.delete(oldest)
      return sum
    },
  }
}

import type { Facts } from '../src/index.ts'

/** Facts of a model call. */
export function call(facts: Partial<Facts> = {}): Facts {
  return { event: 'llm_call', ...facts }
}

/** Trace ids that are the same in every run (xorshift, fixed seed). */
export function traceIds(count: number, seed = 2463534242): string[] {
  let state = seed
  const next = (): string => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0).toString(16).padStart(8, '0')
  }
  return Array.from({ length: count }, () => next() + next() + next() + next())
}

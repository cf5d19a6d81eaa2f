import { StoreError } from '../errors.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Epoch milliseconds: a number as it is, a length of time such as `7d` before now. Throws `STORE_OPTION_INVALID`. */
export function beforeOf(olderThan: string | number, now: number = Date.now()): number {
  if (typeof olderThan === 'number' && Number.isFinite(olderThan)) return olderThan
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(String(olderThan)) ?? []
  if (count !== undefined) return now - Number(count) * UNITS[unit as 's']
  throw new StoreError(
    'STORE_OPTION_INVALID',
    `Expected \`olderThan\` to be a length of time such as 7d or 12h, or epoch milliseconds, got ${String(olderThan)}`,
  )
}

import { StoreError } from '../errors.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

const DAY_MS = UNITS.d

/** The whole UTC days that have a part of a time, as epoch milliseconds. Throws `STORE_QUERY_INVALID`. */
export function daysOf(
  since: number = Number.NEGATIVE_INFINITY,
  until: number = Number.POSITIVE_INFINITY,
): { readonly since: number; readonly until: number } {
  for (const [name, value] of Object.entries({ since, until })) {
    if (typeof value !== 'number' || Number.isNaN(value))
      throw new StoreError(
        'STORE_QUERY_INVALID',
        `Expected \`${name}\` to be epoch milliseconds, got ${String(value)}`,
      )
  }
  return {
    since: Math.floor(since / DAY_MS) * DAY_MS,
    until: Math.ceil(until / DAY_MS) * DAY_MS,
  }
}

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

import { type Finding, validateRecord } from '@recount/record/validate'

/** Many times what the logger writes, and a fraction of what overflows the stack of whatever walks over a record. */
const MAX_LEVELS = 1000

/** What is wrong with a record, its nesting first: one that is nested too deeply can be neither judged nor printed. */
export function recordFindings(value: unknown): Finding[] {
  if (!isDeeperThan(MAX_LEVELS, value)) return validateRecord(value)
  const message = `malformed: nested too deeply, more than ${MAX_LEVELS} levels`
  return [{ key: '/', rule: 'too-deep', message }]
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner))
}

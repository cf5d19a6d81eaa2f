import type { AnyRecord } from '@recount/record'
import { validateRecord } from '@recount/record/validate'

/** Many times what the logger writes, and a fraction of what overflows the stack of whatever walks over a record. */
const MAX_LEVELS = 1000

/** Records of calls in logs of other shapes, which may not say when they began, or how long they took: `time` is then 0. */
export const lackingTimes: WeakSet<AnyRecord> = new WeakSet()

/** Whether a value is a record of the format, nested so that it can be walked over. */
export function isRecord(value: unknown): value is AnyRecord {
  if (isDeeperThan(MAX_LEVELS, value)) return false
  const lacks = lackingTimes.has(value as AnyRecord)
  const whole = lacks ? { start_time: 0, duration_ms: 0, ...(value as AnyRecord) } : value
  return validateRecord(whole).length === 0
}

/** The key of a record that breaks the format, and the rule; undefined where it is one. */
export function faultOf(value: unknown): string | undefined {
  if (isDeeperThan(MAX_LEVELS, value)) return 'nested too deeply'
  const [finding] = validateRecord(value)
  return finding === undefined ? undefined : `${finding.key} ${finding.rule}`
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inner = value as Readonly<Record<string, unknown>>
  for (const key in inner) {
    const value = inner[key]
    if (typeof value === 'object' && value !== null && isDeeperThan(levels - 1, value)) return true
  }
  return false
}

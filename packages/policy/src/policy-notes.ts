import { ruleName } from './check-policy.ts'
import type { Policy } from './policy.ts'

/** What a valid policy says in vain: rules behind one that always holds, and rules whose time is over. One sentence each. */
export function policyNotes(policy: Policy, now: number = Date.now()): string[] {
  const notes: string[] = []
  let certain: string | undefined
  for (const [index, rule] of (policy.rules ?? []).entries()) {
    const name = ruleName(rule, index)
    const { until } = rule.then
    if (until !== undefined && Date.parse(until) <= now)
      notes.push(`rule ${name} ended at ${until}; it can be removed`)
    else if (certain !== undefined)
      notes.push(`rule ${name} never decides, because rule ${certain} before it always holds`)
    else if (until === undefined && Object.keys(rule.when ?? {}).length === 0) certain = name
  }
  if (certain !== undefined && policy.extends !== undefined)
    notes.push(`the rules of ${policy.extends} never decide, because rule ${certain} always holds`)
  return notes
}

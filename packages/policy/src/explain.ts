import type { CompiledRule } from './compile-policy.ts'
import type { Condition } from './conditions.ts'
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import { isNotable } from './settle.ts'

/** Why a record is treated as it is. */
export interface Explanation {
  /** The rule that decided. */
  readonly rule: string
  readonly decision: Decision
  /** Its conditions, all of which hold. */
  readonly because: readonly ComparedFact[]
  /** The rules before it, and what did not hold. */
  readonly passed: readonly PassedRule[]
  /** What else had a part in it. */
  readonly notes: readonly string[]
}

/** A condition beside what is known. */
export interface ComparedFact {
  readonly key: string
  readonly expected: unknown
  /** Null where nothing is known. */
  readonly actual: unknown
}

/** A rule that did not decide. */
export interface PassedRule {
  readonly rule: string
  /** The first condition that did not hold; absent where the rule's time is over. */
  readonly failed?: ComparedFact
  /** When it ended, epoch milliseconds. */
  readonly ended?: number
}

/** What was known of a policy when it decided. */
interface Decided {
  readonly rules: readonly CompiledRule[]
  readonly clock: () => number
  readonly decision: Decision
  /** The decision when everything is asked for. */
  readonly unasked: Decision
}

/** The same walk as deciding, with words. */
export function explain({ rules, clock, decision, unasked }: Decided, facts: Facts): Explanation {
  const passed: PassedRule[] = []
  let because: ComparedFact[] = []
  for (const rule of rules) {
    const { name, all, until } = rule
    if (name === decision.rule) {
      because = all.map((condition) => compared(condition, facts))
      break
    }
    const failed = all.find((condition) => !condition.holds(facts))
    if (failed !== undefined) passed.push({ rule: name, failed: compared(failed, facts) })
    else if (until !== undefined && clock() >= until) passed.push({ rule: name, ended: until })
  }
  return {
    rule: decision.rule,
    decision,
    because,
    passed,
    notes: notesOn(decision, unasked, facts),
  }
}

function compared({ key, expected, actual }: Condition, facts: Facts): ComparedFact {
  return { key, expected, actual: actual(facts) ?? null }
}

function notesOn(decision: Decision, unasked: Decision, facts: Facts): string[] {
  const { level, keep, sample_rate } = decision
  const notes: string[] = []
  if (level === 'silent') notes.push('level silent keeps no records')
  else if (!keep) notes.push(`not kept: it earned less than ${level}, or is outside the sample`)
  if (sample_rate !== undefined) notes.push(`${sample_rate * 100} % of such records are kept`)
  if (isNotable(facts)) notes.push('errors and slow calls are kept whatever is sampled')
  if (decision !== unasked) notes.push('less content was asked for than the policy allows')
  return notes
}

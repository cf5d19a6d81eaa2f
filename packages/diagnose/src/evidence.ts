import { STRENGTH } from './compile-rules.ts'
import type { Match } from './match.ts'
import type { Refined } from './refine.ts'
import type { RetryAfter } from './retry-after.ts'

/** How much the evidence for a decision says, 0 to 1. */
export function confidenceOf({ match, origin, isDoubtful }: Refined): number {
  if (origin.foreign !== undefined) return 0.9
  if (match === undefined) return 0.2
  if (isDoubtful === true) return 0.4
  const { strength, specificity } = match.rule
  if (strength >= STRENGTH.code) return 0.95
  if (strength === STRENGTH.text) return specificity > 0 ? 0.9 : 0.85
  if (strength === STRENGTH.weakCode) return specificity > 0 ? 0.65 : 0.55
  return specificity > 1 ? 0.6 : 0.35
}

/** Which fields and words decided, in words. */
export function evidenceOf(
  { match, origin, status, isDoubtful }: Refined,
  wait: RetryAfter | undefined,
): string[] {
  const evidence = []
  if (origin.foreign !== undefined) evidence.push(origin.foreign)
  else if (match === undefined) evidence.push('nothing in it tells of a model call')
  else evidence.push(...matchWords(match, status))
  if (isDoubtful === true) evidence.push('nothing tells of a model')
  if (origin.providerBy !== undefined)
    evidence.push(`answered by ${origin.provider}: ${origin.providerBy}`)
  if (wait !== undefined) evidence.push(wait.by)
  return evidence
}

function matchWords({ code, words, rule, reading }: Match, status: number | undefined): string[] {
  const found = []
  const field = reading.layer.codes.find(({ value }) => value.toLowerCase() === code)
  if (field !== undefined) found.push(`${field.field} is “${field.value}”`)
  else if (code !== undefined) found.push(`the message names “${code}”`)
  if (words !== undefined) found.push(`the message says “${words}”`)
  const asksStatus = rule.statuses !== undefined || rule.strength < STRENGTH.text
  if (asksStatus && status !== undefined) found.push(`HTTP status ${status}`)
  return found
}

import { type Finding, PERSONAL_TYPES } from './finding.ts'

/**
 * Findings in order, where those that overlap have become one: the longest gives the type, a secret before personal data
 * of the same length, and nothing that any of them covered is left open. The list is sorted in place.
 */
export function withoutOverlaps(findings: Finding[]): Finding[] {
  findings.sort((a, b) => a.start - b.start || b.end - a.end)
  const apart: Finding[] = []
  let winner: Finding | undefined
  for (const finding of findings) {
    const last = apart.at(-1)
    if (last === undefined || winner === undefined || finding.start >= last.end) {
      apart.push(finding)
      winner = finding
      continue
    }
    if (outranks(finding, winner)) winner = finding
    const end = Math.max(last.end, finding.end)
    apart[apart.length - 1] = { type: winner.type, start: last.start, end }
  }
  return apart
}

function outranks(a: Finding, b: Finding): boolean {
  const difference = a.end - a.start - (b.end - b.start)
  return difference > 0 || (difference === 0 && isPersonal(b) && !isPersonal(a))
}

function isPersonal({ type }: Finding): boolean {
  return (PERSONAL_TYPES as readonly string[]).includes(type)
}

import type { AuditFindingCode, Findings } from './findings.ts'
import type { AuditClaims } from './report.ts'

const CHANGED: readonly AuditFindingCode[] = ['MODIFIED', 'NOT_CANONICAL', 'FORK', 'CLOCK']
const BROKEN_OFF: readonly AuditFindingCode[] = [
  'GAP',
  'REORDERED',
  'DUPLICATE_WRITE',
  'FORK',
  'TRUNCATED',
  'TORN_TAIL',
]
const UNSIGNED: readonly AuditFindingCode[] = ['KEY', 'SIGNATURE']

/** Which of the three great claims hold by what was found; `isSigned` says whether a key that counts signed the newest checkpoint. */
export function heldClaims(
  findings: Findings,
  isSigned: boolean,
): Pick<AuditClaims, 'integrity' | 'continuity' | 'authenticity'> {
  const holds = (codes: readonly AuditFindingCode[]): boolean =>
    codes.every((code) => findings.failures(code) === 0)
  return {
    integrity: holds(CHANGED),
    continuity: holds(BROKEN_OFF),
    authenticity: isSigned && holds(UNSIGNED),
  }
}

import type { AuditFinding, Findings } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import type { LogOutcome } from './log-task.ts'
import type { AuditResult, AuditStreamReport } from './report.ts'

/** A log, or a stream of it, that was read. */
export interface Verified {
  /** Of a stream; empty for the log itself. */
  readonly name: string
  readonly origin: string
  readonly folder: LogFolder
  readonly outcome: LogOutcome
  readonly findings: Findings
}

/** What verified logs come to; `MISSING_CONTENT` alone leaves the log itself whole. */
export function resultOf(verified: readonly Verified[], isAnchored: boolean): AuditResult {
  const failures = verified.reduce((sum, { findings }) => sum + findings.failures(), 0)
  const missing = verified.reduce(
    (sum, { findings }) => sum + findings.failures('MISSING_CONTENT'),
    0,
  )
  if (failures > missing) return 'tampered'
  if (missing > 0) return 'incomplete'
  return isAnchored ? 'intact' : 'unanchored'
}

/** What was found, with the stream's name. */
export function findingsOf({ name, findings }: Verified): AuditFinding[] {
  const list = findings.list()
  return name === '' ? list : list.map((finding) => ({ ...finding, stream: name }))
}

/** How many failures and notes there are in all. */
export function countsOf(verified: readonly Verified[]): { failures: number; notes: number } {
  const counts = verified.map(({ findings }) => findings.counts())
  return {
    failures: counts.reduce((sum, { failures }) => sum + failures, 0),
    notes: counts.reduce((sum, { notes }) => sum + notes, 0),
  }
}

/** A stream's part of the report. */
export function streamReport(verified: Verified): AuditStreamReport {
  const { name, outcome } = verified
  // The parent's word for it is its anchor.
  const result = resultOf([verified], outcome.newest !== undefined)
  // Anybody can have put there what nothing has signed.
  const { size } = outcome.newest ?? { size: 0 }
  return { name, result, entries: size === 0 ? 0 : outcome.entries, size }
}

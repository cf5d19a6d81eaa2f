/** What a verifier may find; docs/audit.md explains each. */
export const AUDIT_FINDING_CODES = [
  'CLOCK',
  'DUPLICATE_WRITE',
  'FORK',
  'GAP',
  'KEY',
  'MISSING_CONTENT',
  'MODIFIED',
  'NOT_CANONICAL',
  'REORDERED',
  'SIGNATURE',
  'TORN_TAIL',
  'TRUNCATED',
  'UNCLEAN_CLOSE',
] as const

/** One of `AUDIT_FINDING_CODES`. */
export type AuditFindingCode = (typeof AUDIT_FINDING_CODES)[number]

/** One thing that a verifier found. */
export interface AuditFinding {
  readonly code: AuditFindingCode
  /** A failure is evidence against the log; a note is what crashes, clocks and erasures leave in a healthy one. */
  readonly severity: 'failure' | 'note'
  /** The entry that it is about; null where it is about none or many. */
  readonly seq: number | null
  readonly detail: string
  /** The stream that it is in; not there in the log's own. */
  readonly stream?: string
}

const CHANGES: readonly AuditFindingCode[] = [
  'DUPLICATE_WRITE',
  'GAP',
  'MODIFIED',
  'NOT_CANONICAL',
  'REORDERED',
]

/** A log with more is broken beyond reading; all are counted. */
const MOST_KEPT = 1000

/** What was found so far. */
export class Findings {
  readonly #kept: AuditFinding[] = []
  readonly #counts = new Map<string, number>()

  failure(code: AuditFindingCode, seq: number | null, detail: string): void {
    this.#add({ code, severity: 'failure', seq, detail })
  }

  note(code: AuditFindingCode, seq: number | null, detail: string): void {
    this.#add({ code, severity: 'note', seq, detail })
  }

  /** How many failures of a code, or of any. */
  failures(code?: AuditFindingCode): number {
    let count = 0
    for (const [key, found] of this.#counts)
      if (key.startsWith('failure') && (code === undefined || key === `failure ${code}`))
        count += found
    return count
  }

  /** How many failures there are that leave the tree with another root than was signed. */
  changes(): number {
    return CHANGES.reduce((sum, code) => sum + this.failures(code), 0)
  }

  /** Failures first, then by entry; the first thousand of each severity. */
  list(): AuditFinding[] {
    return this.#kept.sort(
      (a, b) =>
        a.severity.localeCompare(b.severity) || (a.seq ?? Infinity) - (b.seq ?? Infinity) || 0,
    )
  }

  /** How many of each severity there were. */
  counts(): { failures: number; notes: number } {
    const all = [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
    const failures = this.failures()
    return { failures, notes: all - failures }
  }

  #add(finding: AuditFinding): void {
    const key = `${finding.severity} ${finding.code}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    const { failures, notes } = this.counts()
    const count = finding.severity === 'failure' ? failures : notes
    if (count <= MOST_KEPT) this.#kept.push(finding)
  }
}

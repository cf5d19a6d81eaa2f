import type { VerifierKey } from '../verifier-key.ts'
import type { LogAnchor } from './anchor-file.ts'
import type { GoodCheckpoint } from './checkpoint-watch.ts'
import type { ContentNames } from './content-files.ts'
import type { Findings } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import type { OutsideTrust } from './outside-anchors.ts'
import type { StreamClaim } from './own-entries.ts'
import type { AuditClaims } from './report.ts'
import type { RootClaim } from './root-claims.ts'

/** A log to be verified, and what is known about it beforehand. */
export interface LogTask {
  readonly folder: LogFolder
  readonly origin: string
  /** Keys that the caller trusts for this log. */
  readonly trusted: readonly VerifierKey[]
  /** Keys that lie beside the log. */
  readonly published: readonly VerifierKey[]
  readonly anchor: LogAnchor | undefined
  /** Whether to go on from the anchor. */
  readonly incremental: boolean
  /** What a parent log says about this one. */
  readonly claims: readonly RootClaim[]
  readonly outside: OutsideTrust
  readonly content: boolean
  /** The content that was there before the log's checkpoint was read, where a writer was seen at work. */
  readonly contentBefore?: ContentNames
  readonly findings: Findings
  readonly onBytes: (bytes: number) => void
  /** Whether it is of a bundle: entries may be withheld, and nothing may follow what is signed. */
  readonly bundled: boolean
}

/** What verifying a log gave, beside its findings. */
export interface LogOutcome {
  readonly entries: number
  readonly newest: GoodCheckpoint | undefined
  /** What to remember, where everything could be read. */
  readonly next: LogAnchor | undefined
  readonly streams: ReadonlyMap<string, readonly StreamClaim[]>
  /** The keys that are trusted for this log. */
  readonly trusted: readonly VerifierKey[]
  readonly claims: Omit<AuditClaims, 'failures' | 'notes'>
  /** Those of them that signed the newest checkpoint. */
  readonly signers: readonly VerifierKey[]
}

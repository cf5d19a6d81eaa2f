import type { SaidFilter } from '../export/bundle-manifest.ts'
import type { ContentCounts } from './content-files.ts'
import type { AuditFinding } from './findings.ts'
import type { AuditAnchor } from './outside-anchors.ts'

/** What a verification comes to. */
export type AuditResult = 'intact' | 'unanchored' | 'incomplete' | 'tampered'

/** What is known about a log after its verification. */
export interface AuditReport {
  /**
   * `intact`: all holds, and somebody outside remembers it; `unanchored`: all holds, but nobody does, so a cut end would not show;
   * `incomplete`: content is missing that nobody erased; `tampered`: something else is wrong.
   */
  readonly result: AuditResult
  /** `key`: a key that the caller gave; `self`: the one that lies beside the log. */
  readonly trust: 'key' | 'self'
  readonly origin: string
  /** Entries that were verified, expired ones by their hashes. */
  readonly entries: number
  /** Of the newest checkpoint that holds. */
  readonly size: number
  /** Its root, base64. */
  readonly root: string
  /** The log is what it was when somebody outside saw so many entries; null where nobody did. */
  readonly anchored_to: number | null
  readonly findings: readonly AuditFinding[]
  readonly claims: AuditClaims
  /** Logs of other writers below this one. */
  readonly streams: readonly AuditStreamReport[]
  /** What a bundle says it is; not there for a log's own folder. */
  readonly bundle?: BundleReport
}

/** What a bundle says it is. */
export interface BundleReport {
  /** When it was made. */
  readonly made: string
  readonly by: string
  readonly filter: SaidFilter
  /** Entries, of all its logs together. */
  readonly disclosed: number
  readonly withheld: number
  readonly expired: number
}

/** A stream's part of the report. */
export interface AuditStreamReport {
  readonly name: string
  readonly result: AuditResult
  /** Entries that were verified; 0 where nothing of it is signed. */
  readonly entries: number
  /** Of its newest checkpoint that holds; 0 where nothing of it is signed. */
  readonly size: number
}

/** What holds, one by one. */
export interface AuditClaims {
  /** No entry was changed. */
  readonly integrity: boolean
  /** No entry is missing, repeated or out of order. */
  readonly continuity: boolean
  /** A key that counts signed the newest checkpoint. */
  readonly authenticity: boolean
  /** The writer closed the log. */
  readonly closed: boolean
  /** First entry that is there, and the last; null in an empty log. */
  readonly coverage: { readonly first: number; readonly last: number } | null
  /** Entries before this one were verified earlier, not this time. */
  readonly verified_from: number
  /** Entries that expired, of which the hashes are left. */
  readonly expired: number
  /** Entries that a bundle withholds, of which it has the leaf hashes. */
  readonly withheld: number
  /** Entries after the newest checkpoint: not signed yet. */
  readonly unsigned: number
  /** Appends that were refused, as the log says. */
  readonly refused: number
  /** Time of the last entry; null in an empty log. */
  readonly last_time: string | null
  readonly anchors: readonly AuditAnchor[]
  readonly content: ContentCounts
  readonly failures: number
  readonly notes: number
}

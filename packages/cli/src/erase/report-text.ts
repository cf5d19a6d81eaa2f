import { plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { ErasedInAudit } from './audit-erasing.ts'

/** What was forgotten of a person, and where. */
export interface ErasureReport {
  readonly who: string
  /** Whether there was anything. */
  readonly found: boolean
  /** Whether the store had forgotten something of them before. */
  readonly before: boolean
  readonly traces: number
  readonly spans: number
  readonly pieces: number
  readonly remarks: number
  readonly audit_entries: number
  readonly files: { readonly files: number; readonly lines: number; readonly stripped: number }
  /** Null where none was named; `entries` is null where it failed. */
  readonly vault: { readonly entries: number | null } | null
  /** Null where none was named, or it failed. */
  readonly audit: readonly ErasedInAudit[] | null
  readonly failed: readonly { readonly part: string; readonly error: string }[]
}

/** A line for each place. */
export function reportText(report: ErasureReport): string {
  const { who, traces, spans, pieces, remarks, audit_entries, files, vault, audit } = report
  const copies =
    audit_entries === 0
      ? ''
      : `, ${plural(audit_entries, 'copied audit entry', 'copied audit entries')}`
  const lines = [
    `Forgot ${plainLine(who)}`,
    `  store  ${plural(spans, 'span')} of ${plural(traces, 'trace')}, ${plural(pieces, 'text')}, ${plural(remarks, 'remark')}${copies}`,
    `  files  ${plural(files.lines, 'content line')} and ${plural(files.stripped, 'metadata line')} of ${plural(files.files, 'file')}`,
    ...(vault === null || vault.entries === null
      ? []
      : [`  vault  ${plural(vault.entries, 'value')}`]),
    ...(audit ?? []).map(
      ({ seq, keys }) => `  audit  ${plural(keys, 'key')} destroyed, as entry ${seq} says`,
    ),
  ]
  return report.found ? `${lines.join('\n')}\n` : ''
}

import { plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { ErasedInAudit } from './audit-erasing.ts'

/** What was forgotten of a person, and where. */
export interface ErasureReport {
  readonly who: string
  /** The store that was looked at; null where there is none, and the counts are of what the files had. */
  readonly store: string | null
  /** Whether there was anything in the store or the files: what a vault or an audit log had is not what was said. */
  readonly found: boolean
  /** Whether the store had forgotten something of them before. */
  readonly before: boolean
  readonly traces: number
  readonly spans: number
  readonly pieces: number
  readonly remarks: number
  readonly audit_entries: number
  readonly files: {
    readonly files: number
    readonly lines: number
    readonly stripped: number
    /** Pieces of content that their lines lead to and that no named file had. */
    readonly missing: number
  }
  /** Lines of other shapes that name them, by file: not touched. */
  readonly others: readonly { readonly path: string; readonly lines: number }[]
  /** Null where none was named; `entries` is null where it failed. */
  readonly vault: { readonly entries: number | null } | null
  /** Null where none was named, or it failed. */
  readonly audit: readonly ErasedInAudit[] | null
  readonly failed: readonly { readonly part: string; readonly error: string }[]
}

/** A line for each place; nothing where no place had anything. `hasFiles` is whether any were named. */
export function reportText(report: ErasureReport, hasFiles: boolean): string {
  const { vault, audit } = report
  const lines = [
    headOf(report, hasFiles),
    `  store  ${report.store === null ? 'there is none' : storeText(report)}`,
    `  files  ${hasFiles ? filesText(report) : 'none were named'}`,
    ...(vault === null || vault.entries === null
      ? []
      : [`  vault  ${plural(vault.entries, 'value')}`]),
    ...(audit ?? []).map(
      ({ seq, keys }) => `  audit  ${plural(keys, 'key')} destroyed, as entry ${seq} says`,
    ),
  ]
  const isAnywhere = report.found || (vault?.entries ?? 0) + (audit?.length ?? 0) > 0
  return isAnywhere ? `${lines.join('\n')}\n` : ''
}

/** Whether the store had anything of them. */
export function isInStore({
  spans,
  remarks,
  audit_entries,
}: Pick<ErasureReport, 'spans' | 'remarks' | 'audit_entries'>): boolean {
  return spans + remarks + audit_entries > 0
}

/** Whether the files had anything of them. */
export function isInFiles({ lines, stripped }: ErasureReport['files']): boolean {
  return lines + stripped > 0
}

function headOf({ who, store, found, before }: ErasureReport, hasFiles: boolean): string {
  if (found) return `Forgot ${plainLine(who)}`
  if (before) return `${plainLine(who)} was forgotten before in the store`
  const inStore = store === null ? [] : ['the store']
  const places = [...inStore, ...(hasFiles ? ['the files'] : [])].join(' and ')
  return `Not forgotten: nothing of ${plainLine(who)} was found in ${places}`
}

function storeText(report: ErasureReport): string {
  if (!isInStore(report)) return report.before ? 'nothing was left' : 'nothing was found'
  const { traces, spans, pieces, remarks, audit_entries } = report
  const copies =
    audit_entries === 0
      ? ''
      : `, ${plural(audit_entries, 'copied audit entry', 'copied audit entries')}`
  return `${plural(spans, 'span')} of ${plural(traces, 'trace')}, ${plural(pieces, 'text')}, ${plural(remarks, 'remark')}${copies}`
}

function filesText({ files, before }: ErasureReport): string {
  if (!isInFiles(files)) return before ? 'nothing was left' : 'nothing was found'
  return `${plural(files.lines, 'content line')} and ${plural(files.stripped, 'metadata line')} of ${plural(files.files, 'file')}`
}

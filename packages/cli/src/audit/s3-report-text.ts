import type { AuditFinding, AuditReport } from '@recount/audit'
import type { S3AuditReport } from '@recount/s3'
import { countText, momentText } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { Paint } from '../terminal.ts'
import { reportText } from './report-text.ts'

/** What the verification of a log in a store came to, for people. */
export function s3ReportText(report: S3AuditReport, paint: Paint): string {
  const { url, objects, versions, locks, remembered_until } = report.store
  const { compliance, governance, unlocked, first_end } = locks
  const until = first_end === null ? '' : `, the first until ${momentText(Date.parse(first_end))}`
  const rows = [
    ['store', `${plainLine(url)}: ${countText(objects)} objects, ${countText(versions)} versions`],
    [
      'locks',
      `${countText(compliance)} compliance, ${countText(governance)} governance, ${countText(unlocked)} can be deleted${until}`,
    ],
    ...(remembered_until === null
      ? []
      : [['remembered', `by the store, until ${momentText(Date.parse(remembered_until))}`]]),
  ]
  const findings = report.findings as readonly AuditFinding[]
  const audit: AuditReport = { ...report, findings }
  const text = reportText(audit, paint)
  const store = rows.map(([name = '', value]) => `  ${name.padEnd(10)}  ${value}\n`).join('')
  return `${store}${text}`
}

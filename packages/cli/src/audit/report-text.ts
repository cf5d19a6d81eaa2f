import type { AuditFinding, AuditReport, BundleReport } from '@recount/audit'
import { countText, momentText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { Paint, Style } from '../terminal.ts'
import { closingText } from './closing-text.ts'

/** What a verification came to, for people. */
export function reportText(report: AuditReport, paint: Paint): string {
  const { result, origin, findings } = report
  const head = `${paint('bold', paint(STYLES[result], result))}: ${plainLine(origin)}\n`
  const rows = rowsOf(report).map(([name, value]) => `  ${name.padEnd(10)}  ${value}\n`)
  return `${head}${rows.join('')}${findings.map((finding) => findingText(finding, paint)).join('')}${closingText(report)}`
}

const STYLES: Readonly<Record<AuditReport['result'], Style>> = {
  intact: 'green',
  unanchored: 'yellow',
  incomplete: 'red',
  tampered: 'red',
}

function rowsOf(report: AuditReport): [string, string][] {
  const { claims, entries, size, root, trust, anchored_to, streams, bundle } = report
  const { content, expired, unsigned, last_time } = claims
  const contents = content.kept + content.erased + content.missing
  const last = last_time === null ? '' : `, the last at ${momentText(Date.parse(last_time))}`
  const rows: [string, string][] = [
    [
      'entries',
      `${countText(entries)}${expired > 0 ? `, ${countText(expired)} of them expired` : ''}${last}`,
    ],
    ['signed', `${countText(size)}${unsigned > 0 ? `, ${countText(unsigned)} not yet` : ''}`],
    ['root', root || 'none'],
    [
      'key',
      trust === 'key'
        ? 'the one that was given'
        : 'the one beside the log (give --key FILE to trust a copy of your own)',
    ],
    [
      'anchored',
      anchored_to === null ? 'nowhere' : `up to ${countText(anchored_to)}${anchorsText(report)}`,
    ],
  ]
  if (contents > 0)
    rows.push([
      'content',
      `${countText(content.kept)} kept, ${countText(content.erased)} erased, ${countText(content.missing)} missing`,
    ])
  if (bundle !== undefined) rows.push(['bundle', bundleText(bundle)])
  for (const { name, result, entries: count, size: held } of streams) {
    const known = held === 0 ? 'nothing of it is signed' : plural(count, 'entry', 'entries')
    rows.push(['stream', `${plainLine(name)}: ${result}, ${known}`])
  }
  return rows
}

/** Never to be taken for the log itself. */
function bundleText({ by, made, disclosed, withheld, expired }: BundleReport): string {
  return `made ${plainLine(made)} for ${plainLine(by)}: ${countText(disclosed)} shown, ${countText(withheld)} withheld, ${countText(expired)} expired`
}

function anchorsText({ claims }: AuditReport): string {
  const by = claims.anchors.filter(({ trusted }) => trusted).map((anchor) => plainLine(anchor.by))
  return by.length === 0 ? '' : ` by ${[...new Set(by)].join(', ')}`
}

function findingText({ severity, code, seq, detail, stream }: AuditFinding, paint: Paint): string {
  const kind = paint(severity === 'failure' ? 'red' : 'yellow', severity)
  const where = [stream, seq === null ? undefined : `at ${seq}`].filter(
    (part) => part !== undefined,
  )
  const place = where.length === 0 ? '' : ` ${plainLine(where.join(' '))}`
  return `  ${kind} ${code}${place}: ${plainLine(detail)}\n`
}

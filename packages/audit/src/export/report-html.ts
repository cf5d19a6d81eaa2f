import type { BundleManifest, SaidFilter } from './bundle-manifest.ts'
import type { BundleSummary, Counts, Incidents } from './bundle-summary.ts'
import { FILTER_LISTS } from './export-request.ts'
import { countText, htmlText, momentText } from './html-text.ts'
import { REPORT_CSP, REPORT_STYLE } from './report-style.ts'
import { RETENTION_PRESETS, type RetentionPreset } from './retention-presets.ts'

/** What the report is made from. */
export interface ReportInput {
  readonly manifest: Omit<BundleManifest, 'files'>
  readonly summary: BundleSummary
  /** Public keys of the log, the oldest first. */
  readonly keys: readonly string[]
  readonly reason: string | undefined
  readonly preset: RetentionPreset | undefined
}

/** The report for people: one page that needs nothing but a browser, and prints. */
export function reportHtml(input: ReportInput): string {
  const { manifest, summary } = input
  const origin = manifest.logs[0]?.origin ?? ''
  const title = `Audit log export: ${origin}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${REPORT_CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${htmlText(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>Audit log export</h1>
<p class="lead">${htmlText(origin)} · ${htmlText(periodText(manifest.filter))}</p>
${factsHtml(manifest)}
${listHtml(input)}
${claimsHtml(manifest)}
<div class="tables">
${countsHtml('By action', 'Action', summary.actions, summary.disclosed)}
${countsHtml('By actor', 'Actor', summary.actors, summary.disclosed)}
${countsHtml('By outcome', 'Outcome', summary.outcomes, summary.disclosed)}
</div>
${incidentsHtml(summary)}
${retentionHtml(input)}
${checkHtml()}
</main>
</body>
</html>
`
}

/** What was asked for, in words. */
function periodText({ from, to }: SaidFilter): string {
  if (from === undefined && to === undefined) return 'all entries from the beginning'
  const begin = from === undefined ? 'from the beginning' : `from ${momentText(from)}`
  return to === undefined ? begin : `${begin} up to, and without, ${momentText(to)}`
}

function factsHtml({ logs, disclosed, withheld, expired }: ReportInput['manifest']): string {
  const total = logs.reduce((sum, { size }) => sum + size, 0)
  const facts: [string, number][] = [
    ['Entries in the log', total],
    ['Shown here', disclosed],
    ['Withheld', withheld],
    ['Expired', expired],
  ]
  const items = facts.map(
    ([name, count]) => `<div><dt>${name}</dt><dd>${countText(count)}</dd></div>`,
  )
  return `<dl class="facts">${items.join('')}</dl>`
}

function listHtml({ manifest, summary, keys, reason }: ReportInput): string {
  const { made, by, filter, previous, logs } = manifest
  const [log] = logs
  const rows: [string, string][] = [
    ['Made', `${momentText(made)}, for ${by}`],
    ['Why', reason ?? 'no reason was given'],
    ['Asked for', filterText(filter)],
    [
      'Entries shown',
      summary.first === undefined
        ? 'none'
        : `from ${momentText(summary.first)} to ${momentText(summary.last ?? '')}`,
    ],
    [
      'Export before',
      previous === null
        ? 'none: this is the first'
        : `at ${countText(previous.size)} entries; previous.consistency proves that the log only grew since`,
    ],
    ['Seen outside', anchorsText(summary)],
    ['Root', log?.root ?? ''],
    ...keys.map((key): [string, string] => ['Public key', key]),
    ...logs
      .slice(1)
      .map(({ origin, size }): [string, string] => [
        'Stream',
        `${origin}, ${countText(size)} entries`,
      ]),
  ]
  const items = rows.map(([name, value]) => `<dt>${name}</dt><dd>${htmlText(value)}</dd>`)
  return `<dl class="list">${items.join('')}</dl>`
}

/** Who outside saw the log, by what lies beside it. */
function anchorsText({ stamps, cosigned }: BundleSummary): string {
  if (stamps + cosigned === 0) return 'by nobody, as far as this folder tells'
  return `${countText(stamps)} checkpoints have a time stamp, ${countText(cosigned)} cosignatures of witnesses, in log/anchors`
}

/** A filter as a sentence part. */
export function filterText(filter: SaidFilter): string {
  const lists = FILTER_LISTS.flatMap((name) => {
    const values = filter[name] ?? []
    return values.length === 0 ? [] : `${name} ${values.join(' or ')}`
  })
  return [periodText(filter), ...lists].join('; ')
}

function claimsHtml({ withheld, expired }: ReportInput['manifest']): string {
  const holds = [
    'Every entry that is shown is, byte for byte, what was written. One changed letter gives another hash, and the signature does not fit any more.',
    'No entry is missing, inserted or in another place, up to the size that is signed.',
    'The signature was made with the private key that belongs to the public key in <code>log/public.vkey</code>.',
    ...(withheld > 0
      ? [
          `The ${countText(withheld)} withheld entries exist and have their places: each is there as the hash of its text, from which the text cannot be found. Who gets the text later can check it.`,
        ]
      : []),
    ...(expired > 0
      ? [
          `The ${countText(expired)} expired entries were deleted; their hashes prove how many there were.`,
        ]
      : []),
  ]
  const limits = [
    'That this key is the right one. Compare it with a copy that you had before, or got in another way.',
    'That nobody with the private key wrote the log anew before you, a witness or a time stamp saw it. Keep what you received: the next export has to continue it.',
    'That the application told the log everything, and that what it told is true.',
    'What content said: entries hold commitments to texts, not the texts.',
    'That rules or laws are met. This is evidence, not a certificate.',
  ]
  const list = (items: readonly string[]): string =>
    items.map((item) => `<li>${item}</li>`).join('')
  return `<h2>What this proves, and what it does not</h2>
<div class="claims"><div><h3>If the check below ends with OK</h3><ul>${list(holds)}</ul></div>
<div><h3>What nobody can tell from this folder alone</h3><ul>${list(limits)}</ul></div></div>`
}

const MOST_ROWS = 25

function countsHtml(title: string, head: string, counts: Counts, total: number): string {
  const top = counts.top(MOST_ROWS)
  if (top.length === 0) return ''
  const shown = top.reduce((sum, [, count]) => sum + count, 0)
  const rows = top.map(
    ([name, count]) =>
      `<tr><td>${htmlText(name)}</td><td class="number">${countText(count)}</td><td class="share">${barHtml(count, total)}</td></tr>`,
  )
  const others = total - shown
  const names = counts.size - top.length
  const also = counts.others > 0 ? 'and more' : ''
  const rest =
    others > 0
      ? `<tr><td class="soft">${countText(names)} others ${also}</td><td class="number">${countText(others)}</td><td class="share">${barHtml(others, total)}</td></tr>`
      : ''
  return `<section><h2>${title}</h2>
<table><thead><tr><th>${head}</th><th class="number">Entries</th><th class="share">Share</th></tr></thead><tbody>${rows.join('')}${rest}</tbody></table></section>`
}

/** A style of its own would need leave from the security policy; the sizes of a drawing do not. */
function barHtml(count: number, total: number): string {
  const width = Math.max(0.5, (count / Math.max(1, total)) * 100).toFixed(1)
  return `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8"></rect></svg>`
}

/** What the log's own entries tell; what none tells is said in one sentence. */
function incidentsHtml(summary: BundleSummary): string {
  const { gaps, erasures, holds, expiries, keys, exports } = summary
  const kinds: [string, Incidents][] = [
    ['Gaps and interruptions', gaps],
    ['Erasures', erasures],
    ['Legal holds', holds],
    ['Expired entries', expiries],
    ['Changes of keys', keys],
    ['Earlier exports', exports],
  ]
  const told = kinds.filter(([, { count }]) => count > 0)
  const untold = kinds.filter(([, { count }]) => count === 0).map(([title]) => title.toLowerCase())
  const none =
    untold.length === 0
      ? ''
      : `<h2>Not told</h2><p>No entry that is shown tells of: ${untold.join(', ')}.</p>`
  return told.map(([title, incidents]) => incidentHtml(title, incidents)).join('\n') + none
}

function incidentHtml(title: string, { list, count }: Incidents): string {
  const rows = list.slice(0, MOST_ROWS).map(({ seq, ts, action, reason, detail }) => {
    const what = action.slice('audit.'.length).replaceAll('_', ' ')
    const why = [detail, reason].filter(Boolean).join(' · ')
    return `<tr><td class="seq">${countText(seq)}</td><td class="when">${momentText(ts)}</td><td class="when">${htmlText(what)}</td><td>${htmlText(why)}</td></tr>`
  })
  const more =
    count > rows.length
      ? `<p class="soft">${countText(count - rows.length)} more are in the entries.</p>`
      : ''
  return `<h2>${title} (${countText(count)})</h2>
<div class="wide"><table><thead><tr><th>Entry</th><th>When</th><th>What</th><th>Detail</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${more}`
}

function retentionHtml({ preset, summary, manifest }: ReportInput): string {
  if (preset === undefined) return ''
  const { name, months, source, asks, notShown } = preset
  const asked =
    months === null
      ? `No period is named. ${source}.`
      : `At least ${monthsText(months)}. ${source}.`
  const list = (items: readonly string[]): string =>
    items.map((item) => `<li>${htmlText(item)}</li>`).join('')
  return `<h2>Retention: ${htmlText(name)}</h2>
<p class="note">Named because it was asked for. This report does not say that the rule is met, and is no legal advice.</p>
<dl class="list"><dt>Asked for</dt><dd>${htmlText(asked)}</dd><dt>In this folder</dt><dd>${htmlText(reachText(summary, manifest))}</dd></dl>
<div class="claims"><div><h3>What the rule asks that concerns a log</h3><ul>${list(asks)}</ul></div><div><h3>What this folder does not show</h3><ul>${list(notShown)}</ul></div></div>`
}

function monthsText(months: number): string {
  return months % 12 === 0
    ? `${months / 12} years`.replace(/^1 years$/, '1 year')
    : `${months} months`
}

const DAY_MS = 86_400_000

function reachText({ first }: BundleSummary, { made, expired }: ReportInput['manifest']): string {
  const reach =
    first === undefined
      ? 'No entry is shown.'
      : `The oldest entry that is shown is ${countText(Math.floor((Date.parse(made) - Date.parse(first)) / DAY_MS))} days old.`
  const gone =
    expired === 0
      ? 'No entry of this log has expired.'
      : `${countText(expired)} older entries have expired.`
  return `${reach} ${gone}`
}

function checkHtml(): string {
  return `<h2>Check it yourself</h2>
<p>On a computer with <code>sh</code>, <code>openssl</code> and Python 3, in this folder; <code>KEYFILE</code> is your own copy of the public key:</p>
<pre>sh verify.sh . KEYFILE</pre>
<p>With Recount: <code>recount audit verify . --key KEYFILE --anchor FILE</code>. It remembers what it saw in <code>FILE</code> and holds the next export to it.</p>
<p class="soft">The programs in this folder came from whoever made it. Take them from the published package <code>@recount/audit</code> where that matters. README.txt explains every file.</p>`
}

/** The preset of a name. */
export function presetOf(id: string | undefined): RetentionPreset | undefined {
  return id === undefined ? undefined : RETENTION_PRESETS[id as keyof typeof RETENTION_PRESETS]
}

import { CATEGORIES, type Diagnosis } from '@recount/diagnose'
import { durationText } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { wrapped } from '../show/layout.ts'
import type { Paint, Style } from '../terminal.ts'

const STYLES: Readonly<Record<Diagnosis['severity'], Style>> = {
  critical: 'magenta',
  error: 'red',
  warning: 'yellow',
  info: 'blue',
}
const RETRY: Readonly<Record<Diagnosis['retryable'], string>> = {
  after_delay: 'try again later',
  after_change: 'change something, then try again',
  no: 'do not try again',
  unknown: 'nobody can say whether to try again',
}

/** A diagnosis in lines: what it is, whether to try again, why, what to do, where to read. */
export function diagnosisText(diagnosis: Diagnosis, paint: Paint, columns: number): string {
  const { category, provider, model, severity, evidence, suggestions, docs } = diagnosis
  const who = [provider, model].filter((name) => name !== null).join(' ')
  const head = [
    paint('bold', plainLine(category)),
    plainLine(who),
    paint(STYLES[severity], severity),
    retryText(diagnosis),
  ]
  const meaning = CATEGORIES.find(({ id }) => id === category)?.meaning
  return [
    head.filter((word) => word !== '').join(' · '),
    ...(meaning === undefined ? [] : wrapped(meaning, columns - 2).map((line) => `  ${line}`)),
    ...labelled('why', [evidence.join('; ')], columns, paint),
    ...labelled('do', suggestions, columns, paint),
    ...labelled('see', docs, Number.POSITIVE_INFINITY, paint),
    '',
    '',
  ].join('\n')
}

/** Whether to try again, and when. */
export function retryText({
  retryable,
  retryAfterMs,
}: Pick<Diagnosis, 'retryable' | 'retryAfterMs'>): string {
  return retryAfterMs === null ? RETRY[retryable] : `try again in ${durationText(retryAfterMs)}`
}

function labelled(
  label: string,
  texts: readonly string[],
  columns: number,
  paint: Paint,
): string[] {
  const lines = texts.flatMap((text) => wrapped(plainLine(text), Math.max(columns - 8, 20)))
  return lines.map(
    (line, place) => `  ${paint('dim', (place === 0 ? label : '').padEnd(5))} ${line}`,
  )
}

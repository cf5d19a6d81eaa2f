import type { AnyRecord } from '@recount/record'
import type { Snippet, SpanSummary } from '@recount/store'
import { durationText, momentText } from '../numbers-text.ts'
import { plainLine, plainLines } from '../plain-text.ts'
import { notesOf } from '../show/about-text.ts'
import { contentLines } from '../show/content-text.ts'
import { clipped, wrapped } from '../show/layout.ts'
import type { Paint, Style } from '../terminal.ts'

/** A call in a list. */
export interface Entry {
  readonly span: SpanSummary
  /** Where the phrase was found. */
  readonly part?: string
  readonly snippet?: Snippet
  /** What it saw and said, by part; empty where that was not kept. */
  readonly content: Readonly<Record<string, unknown>>
  /** What people and programs said about it. */
  readonly about: readonly AnyRecord[]
}

/** How much is shown. */
export interface EntryOptions {
  readonly short?: boolean
  readonly usage?: boolean
  readonly truncate?: boolean
}

interface Layout {
  readonly paint: Paint
  readonly columns: number
}

const STYLES: Readonly<Record<string, Style>> = {
  ok: 'green',
  error: 'red',
  partial: 'red',
  aborted: 'yellow',
  interrupted: 'yellow',
}

/** A call in a few lines: when, what, how it ended; where the phrase is; the last question and the answer. */
export function entryText(entry: Entry, options: EntryOptions, layout: Layout): string {
  const lines = [headLine(entry.span, options, layout), ...snippetLines(entry, layout)]
  if (options.short) return `${lines.join('\n')}\n`
  const said = [...saidLines(entry, options, layout), ...aboutLines(entry, layout)]
  return `${[...lines, ...said].join('\n')}\n\n`
}

function headLine(span: SpanSummary, { usage }: EntryOptions, { paint }: Layout): string {
  const { status, duration_ms, name, cost_usd, input_tokens, output_tokens } = span
  const style = STYLES[status ?? '']
  const facts = [
    span.start_time === null ? 'at an unknown time' : momentText(span.start_time).slice(0, 19),
    style === undefined ? (status ?? span.event) : paint(style, status ?? ''),
    paint('bold', plainLine(name ?? span.event)),
    ...(duration_ms === null ? [] : [durationText(duration_ms)]),
    ...(usage && (input_tokens ?? output_tokens) !== null
      ? [`${input_tokens ?? '?'} → ${output_tokens ?? '?'} tokens`]
      : []),
    ...(usage && cost_usd !== null ? [`$${cost_usd}`] : []),
    ...[...new Set([span.category, span.error_type])].flatMap((one) =>
      one === null ? [] : plainLine(one),
    ),
    ...(span.user_id === null ? [] : [clipped(plainLine(span.user_id), 24)]),
    paint('dim', span.span_id),
  ]
  return facts.join('  ')
}

function snippetLines({ part, snippet }: Entry, { paint, columns }: Layout): string[] {
  if (part === undefined || snippet === undefined) return []
  const { text, start, end } = snippet
  const pieces = [text.slice(0, start), text.slice(start, end), text.slice(end)].map(plainLine)
  const [before = '', hit = '', after = ''] = pieces
  const room = Math.max(columns - part.length - hit.length - 4, 20)
  const shown = clipped(after, Math.max(room - before.length, 8))
  return [`  ${paint('cyan', part)} ${before}${paint('yellow', hit)}${shown}`]
}

function aboutLines({ span, about }: Entry, { paint, columns }: Layout): string[] {
  const ended = (span.start_time ?? 0) + (span.duration_ms ?? 0)
  return about
    .flatMap((record) => notesOf(record, ended, new Map()))
    .flatMap(({ text }) => wrapped(plainLine(text), columns - 2))
    .map((line) => `  ${paint('blue', line)}`)
}

function saidLines(
  { content }: Entry,
  { truncate }: EntryOptions,
  { paint, columns }: Layout,
): string[] {
  const { input, output } = content
  const said: [string, unknown][] = [
    ['input', Array.isArray(input) ? input.slice(-1) : input],
    ['output', output],
  ]
  return said.flatMap(([part, value]) => {
    if (value === undefined || value === null) return []
    const lines = contentLines(value).flatMap(plainLines)
    if (truncate)
      return [
        `  ${paint('cyan', part)} ${clipped(lines.join(' '), Math.max(columns - part.length - 3, 20))}`,
      ]
    return [
      `  ${paint('cyan', part)}`,
      ...lines.flatMap((line) => wrapped(line, columns - 4)).map((line) => `    ${line}`),
    ]
  })
}

import type { PartNumbers } from '../count/parts.ts'
import type { EvaluationNumbers } from '../count/scores.ts'
import type { Report } from '../report.ts'
import {
  countText,
  moneyText,
  plural,
  shareText,
  shortCount,
  timeText,
  UNKNOWN,
} from './number-text.ts'
import { sparkline } from './series-text.ts'
import { cleanText, type Layout, padEnd, shorten, table, wrap } from './text-layout.ts'

const LABEL_WIDTH = 13
const MAX_ROWS = 5
const MAX_DAYS = 14
/** Lines of which shares by level say something. */
const LEAST_LINES = 20

/** Sections on what became of answers, each of them lines; empty where no line tells. */
export function answerSections(report: Report, layout: Layout): string[][] {
  return [
    answerLines(report, layout),
    actionLines(report, layout),
    scoreLines(report, layout),
    partLines(report, layout),
  ]
}

function answerLines({ outcomes, top_traces, totals }: Report, layout: Layout): string[] {
  const { validation, latency_split_ms: split, levels } = outcomes
  const judged = validation.passed + validation.failed
  const row = (label: string, text: string): string[] =>
    wrap(text, `  ${layout.paint('dim', padEnd(label, LABEL_WIDTH))}`, layout)
  const lines = [
    ...(judged === 0 ? [] : row('validation', validationText(validation, judged, layout))),
    ...(split === null || split.total.count < 2
      ? []
      : row(
          'where time',
          `p50 of ${plural(split.total.count, 'whole trace')}: ${timeText(split.total.p50)}, of it models ${timeText(split.llm.p50)}, retrieval ${timeText(split.retrieval.p50)}, tools ${timeText(split.tools.p50)}`,
        )),
    ...((top_traces[0]?.calls ?? 0) > 1 && totals.cost_usd !== null
      ? row(
          'dearest',
          top_traces
            .slice(0, 3)
            .map(({ trace_id, cost_usd }) => `${nameText(trace_id, 12)} ${moneyText(cost_usd)}`)
            .join(', '),
        )
      : []),
    ...(levels.reduce((sum, { lines }) => sum + lines, 0) < LEAST_LINES
      ? []
      : row(
          'log levels',
          levels
            .map(
              ({ level, share, expected }) => `${level} ${shareText(share)} (usual: ${expected})`,
            )
            .join(', '),
        )),
  ]
  return lines.length === 0 ? [] : [layout.paint('bold', 'Answers'), ...lines]
}

function validationText(
  { failed, by_rule }: Report['outcomes']['validation'],
  judged: number,
  { width }: Layout,
): string {
  const rules = by_rule
    .slice(0, MAX_ROWS)
    .map(
      ({ rule, failed: count }) =>
        `${nameText(rule, Math.min(30, width - 26))} ${countText(count)}`,
    )
    .join(', ')
  return `${countText(failed)} of ${countText(judged)} failed${rules === '' ? '' : `: ${rules}`}`
}

function actionLines({ outcomes: { user_actions } }: Report, layout: Layout): string[] {
  if (user_actions.length === 0) return []
  const rows = table(
    user_actions.slice(0, MAX_ROWS),
    [
      { title: 'prompt', text: ({ prompt }) => prompt ?? '(no prompt known)' },
      { title: 'actions', text: ({ actions }) => shortCount(actions), drop: 1 },
      { title: 'edited', text: ({ edit_rate }) => shareText(edit_rate) },
      { title: 'retried', text: ({ retry_rate }) => shareText(retry_rate) },
      { title: 'abandoned', text: ({ abandon_rate }) => shareText(abandon_rate) },
    ],
    layout,
  )
  return section('What people did', rows, user_actions.length, layout)
}

function scoreLines({ outcomes: { evaluations } }: Report, layout: Layout): string[] {
  if (evaluations.length === 0) return []
  const rows = table(
    evaluations.slice(0, MAX_ROWS),
    [
      {
        title: 'score',
        text: ({ name, prompt }) => `${name ?? '(no name)'} · ${prompt ?? UNKNOWN}`,
      },
      { title: 'judged', text: ({ count }) => shortCount(count) },
      { title: 'mean', text: ({ mean_score }) => scoreText(mean_score) },
      ...(evaluations.some((row) => daysText(row) !== '')
        ? [{ title: 'by day', text: (row: EvaluationNumbers) => daysText(row), drop: 1 }]
        : []),
    ],
    layout,
  )
  return section('Scores', rows, evaluations.length, layout)
}

/** The means of the first and the last day, with a line of those between where it is drawn; empty for one day. */
export function daysText({ by_day }: EvaluationNumbers, isDrawn = true): string {
  const days = by_day.map(({ mean_score }) => mean_score).filter((score) => score !== null)
  const [first, last] = [days[0] ?? null, days.at(-1) ?? null]
  if (days.length < 2) return ''
  const isPlain = !isDrawn || days.length < 3 || Math.min(...days) < 0
  const drawn = isPlain ? '→' : sparkline(days.slice(-MAX_DAYS))
  return `${scoreText(first)} ${drawn} ${scoreText(last)}`
}

function partLines({ outcomes: { parts } }: Report, layout: Layout): string[] {
  if (parts.every(({ part, count }) => part === 'generation' || count < 2)) return []
  const rows = table(
    parts.slice(0, 2 * MAX_ROWS),
    [
      {
        title: 'part',
        text: partName,
      },
      { title: 'times', text: ({ count }) => shortCount(count) },
      {
        title: 'errors',
        text: ({ errors, count }) => shareText(errors / count),
        style: ({ errors }) => (errors > 0 ? 'red' : undefined),
      },
      { title: 'p50', text: ({ latency_ms }) => timeText(latency_ms.p50) },
      { title: 'p95', text: ({ latency_ms }) => timeText(latency_ms.p95) },
    ],
    layout,
  )
  return section('Retrieval, tools and the rest of answers', rows, parts.length - MAX_ROWS, layout)
}

/** What a part is called. */
export function partName({ part, name }: PartNumbers): string {
  return part === 'generation' ? 'after the first token' : `${part} ${name ?? '(not named)'}`
}

function section(
  title: string,
  rows: readonly string[],
  count: number,
  { paint }: Layout,
): string[] {
  const more = count - MAX_ROWS
  return [
    paint('bold', title),
    ...rows,
    ...(more > 0 ? [paint('dim', `  and ${countText(more)} more`)] : []),
  ]
}

/** A mean of scores in three digits. */
export function scoreText(score: number | null): string {
  return score === null ? UNKNOWN : String(Number(score.toPrecision(3)))
}

function nameText(text: string | null, width: number): string {
  return text === null ? '(not named)' : shorten(cleanText(text), width)
}

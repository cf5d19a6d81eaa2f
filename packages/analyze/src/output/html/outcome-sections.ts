import type { OutcomeNumbers } from '../../count/outcomes.ts'
import { daysText, partName, scoreText } from '../../text/answers-text.ts'
import { countText, shareText, timeText } from '../../text/number-text.ts'
import { html, type Markup } from './markup.ts'
import { pageTable } from './page-tables.ts'

const MAX_ROWS = 100
const NO_PROMPT = '(no prompt known)'
const number = true

const PARTS = {
  total: 'the whole answer',
  retrieval: 'retrieval',
  ttft: 'until the first token',
  llm: 'models',
  tools: 'tools',
} as const

/** What became of the answers: validation, what people did, scores, and where the time of traces went. */
export function outcomeSections(outcomes: OutcomeNumbers): Markup[] {
  return [
    ...section('Validation failures', failures(outcomes)),
    ...section('What people did with the answers', actions(outcomes)),
    ...section('Evaluations', evaluations(outcomes)),
    ...section('Where the time of a trace goes', split(outcomes)),
    ...section('Retrieval, tools and the rest of answers', parts(outcomes)),
    ...section('Lines by level', levels(outcomes)),
  ]
}

function section(title: string, table: Markup | undefined): Markup[] {
  if (table === undefined) return []
  return [
    html`<section><h2>${title}</h2>${table}</section>
`,
  ]
}

function failures({ validation }: OutcomeNumbers): Markup | undefined {
  const { passed, failed, by_rule } = validation
  if (by_rule.length === 0) return undefined
  return pageTable(
    `Validation failures by rule, ${countText(failed)} of ${countText(passed + failed)}`,
    by_rule.slice(0, MAX_ROWS),
    [
      { title: 'rule', cell: ({ rule }) => rule ?? '(no rule named)' },
      { title: 'failed', number, cell: (row) => countText(row.failed) },
    ],
  )
}

function actions({ user_actions }: OutcomeNumbers): Markup | undefined {
  if (user_actions.length === 0) return undefined
  return pageTable('Actions by prompt version', user_actions.slice(0, MAX_ROWS), [
    { title: 'prompt', cell: ({ prompt }) => prompt ?? NO_PROMPT },
    { title: 'actions', number, cell: (row) => countText(row.actions) },
    { title: 'accepted', number, cell: ({ accepted }) => countText(accepted) },
    { title: 'edited', number, cell: ({ edit_rate }) => shareText(edit_rate) },
    { title: 'retried', number, cell: ({ retry_rate }) => shareText(retry_rate) },
    { title: 'abandoned', number, cell: ({ abandon_rate }) => shareText(abandon_rate) },
  ])
}

function evaluations(outcomes: OutcomeNumbers): Markup | undefined {
  if (outcomes.evaluations.length === 0) return undefined
  return pageTable('Scores by prompt version', outcomes.evaluations.slice(0, MAX_ROWS), [
    { title: 'evaluation', cell: ({ name }) => name ?? '(no name)' },
    { title: 'prompt', cell: ({ prompt }) => prompt ?? NO_PROMPT },
    { title: 'count', number, cell: ({ count }) => countText(count) },
    {
      ...{ title: 'mean score', number },
      cell: ({ mean_score }) => scoreText(mean_score),
    },
    { title: 'first and last day', number, cell: (row) => daysText(row, false) },
  ])
}

function split({ latency_split_ms }: OutcomeNumbers): Markup | undefined {
  if (latency_split_ms === null) return undefined
  const rows = Object.entries(latency_split_ms).filter(([, { count }]) => count > 0)
  return pageTable('Parts of the latency of whole traces', rows, [
    { title: 'part', cell: ([part]) => PARTS[part as keyof typeof PARTS] },
    { title: 'traces', number, cell: ([, { count }]) => countText(count) },
    { title: 'p50', number, cell: ([, { p50 }]) => timeText(p50) },
    { title: 'p95', number, cell: ([, { p95 }]) => timeText(p95) },
  ])
}

function parts(outcomes: OutcomeNumbers): Markup | undefined {
  if (outcomes.parts.length === 0) return undefined
  return pageTable('Each retrieval, answer and tool', outcomes.parts.slice(0, MAX_ROWS), [
    { title: 'part', cell: partName },
    { title: 'times', number, cell: ({ count }) => countText(count) },
    { title: 'errors', number, cell: ({ errors }) => countText(errors) },
    { title: 'p50', number, cell: ({ latency_ms }) => timeText(latency_ms.p50) },
    { title: 'p95', number, cell: ({ latency_ms }) => timeText(latency_ms.p95) },
  ])
}

function levels(outcomes: OutcomeNumbers): Markup | undefined {
  if (outcomes.levels.length < 2) return undefined
  return pageTable('Own lines of the log by level', outcomes.levels, [
    { title: 'level', cell: ({ level }) => level },
    { title: 'lines', number, cell: ({ lines }) => countText(lines) },
    { title: 'share', number, cell: ({ share }) => shareText(share) },
    { title: 'usual', cell: ({ expected }) => expected },
  ])
}

import type { Report } from '../report.ts'
import { daysText, partName, scoreText } from '../text/answers-text.ts'
import { countText, shareText, timeText } from '../text/number-text.ts'
import { codeText, type MarkdownColumn, markdownTable } from './markdown-text.ts'

const MAX_ROWS = 20
const number = true

/** What became of answers, for a pull request: folded, since most readers look for other numbers; empty where no line tells. */
export function answersText({ outcomes }: Report): string {
  const { validation, user_actions, evaluations, parts } = outcomes
  const judged = validation.passed + validation.failed
  const tables = [
    judged === 0
      ? ''
      : `${countText(validation.failed)} of ${countText(judged)} validations failed.`,
    tableOf(validation.by_rule, [
      { title: 'rule', cell: ({ rule }) => codeText(rule ?? '(no rule named)') },
      { title: 'failed', number, cell: ({ failed }) => countText(failed) },
    ]),
    tableOf(user_actions, [
      { title: 'prompt', cell: ({ prompt }) => codeText(prompt ?? '(no prompt known)') },
      { title: 'actions', number, cell: ({ actions }) => countText(actions) },
      { title: 'edited', number, cell: ({ edit_rate }) => shareText(edit_rate) },
      { title: 'retried', number, cell: ({ retry_rate }) => shareText(retry_rate) },
      { title: 'abandoned', number, cell: ({ abandon_rate }) => shareText(abandon_rate) },
    ]),
    tableOf(evaluations, [
      { title: 'evaluation', cell: ({ name }) => codeText(name ?? '(no name)') },
      { title: 'prompt', cell: ({ prompt }) => codeText(prompt ?? '(no prompt known)') },
      { title: 'judged', number, cell: ({ count }) => countText(count) },
      { title: 'mean', number, cell: ({ mean_score }) => scoreText(mean_score) },
      { title: 'by day', cell: (row) => daysText(row) },
    ]),
    tableOf(
      parts.filter(() => parts.some(({ part }) => part !== 'generation')),
      [
        { title: 'part', cell: (part) => codeText(partName(part)) },
        { title: 'times', number, cell: ({ count }) => countText(count) },
        { title: 'errors', number, cell: ({ errors }) => countText(errors) },
        { title: 'p50', number, cell: ({ latency_ms }) => timeText(latency_ms.p50) },
        { title: 'p95', number, cell: ({ latency_ms }) => timeText(latency_ms.p95) },
      ],
    ),
  ].filter((text) => text !== '')
  if (tables.length === 0) return ''
  return `<details><summary>What became of the answers</summary>\n\n${tables.join('\n\n')}\n\n</details>`
}

function tableOf<Row>(rows: readonly Row[], columns: readonly MarkdownColumn<Row>[]): string {
  return rows.length === 0 ? '' : markdownTable(rows.slice(0, MAX_ROWS), columns)
}

import { cleanText, shorten } from '../text/text-layout.ts'

const MAX_NAME = 60

/**
 * A name from a log as a code span, in which GitHub sees no markup, mention, reference or address.
 * A pipe would end the cell of a table even there, so such a name is written as entities.
 */
export function codeText(name: string, width: number = MAX_NAME): string {
  const clean = shorten(cleanText(name), width)
  if (clean.includes('|')) return `<code>${clean.replace(/[!-/:-@[-`{-~]/g, entity)}</code>`
  const fence = '`'.repeat(longestRun(clean) + 1)
  const pad = /^[` ]|[` ]$/.test(clean) ? ' ' : ''
  return `${fence}${pad}${clean}${pad}${fence}`
}

/** Lines as a block that shows them as they are. */
export function codeBlock(lines: readonly string[]): string {
  const text = lines.join('\n')
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}text\n${text}\n${fence}`
}

/** A column: its title, and its cell as Markdown; numbers are aligned to the right. */
export interface MarkdownColumn<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly number?: boolean
}

/** A table; cells must be Markdown of one line without a bare pipe. */
export function markdownTable<Row>(
  rows: readonly Row[],
  columns: readonly MarkdownColumn<Row>[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ number }) => (number ? '--:' : '---'))),
    ...rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
  ].join('\n')
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
}

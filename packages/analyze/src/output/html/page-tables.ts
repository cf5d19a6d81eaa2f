import { html, type Markup } from './markup.ts'

/** A column of a table: its title, and the text of its cell. */
export interface PageColumn<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Aligned to the right. */
  readonly number?: boolean
  /** Whether the cell is to stand out. */
  readonly bad?: (row: Row) => boolean
}

/** A table with a caption, in a region of its own that scrolls where it is wider than the page. The first cell of a row names it. */
export function pageTable<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly PageColumn<Row>[],
): Markup {
  const heads = columns.map(({ title, number }) =>
    number
      ? html`<th scope="col" class="number">${title}</th>`
      : html`<th scope="col">${title}</th>`,
  )
  const lines = rows.map(
    (row) => html`<tr>${columns.map((column, i) => cellMarkup(row, column, i === 0))}</tr>
`,
  )
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody></table>
</div>
`
}

function cellMarkup<Row>(row: Row, { cell, number, bad }: PageColumn<Row>, first: boolean): Markup {
  if (first) return html`<th scope="row">${cell(row)}</th>`
  const classes = [number ? 'number' : '', bad?.(row) ? 'bad' : ''].filter((name) => name !== '')
  if (classes.length === 0) return html`<td>${cell(row)}</td>`
  return html`<td class="${classes.join(' ')}">${cell(row)}</td>`
}

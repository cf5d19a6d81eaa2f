import { styleText } from 'node:util'
import { displayWidth } from './display-width.ts'

/** Width in columns that text has where nobody says how wide, and the least and the most that it keeps to. */
const WIDTHS = { usual: 80, least: 40, most: 160 }
/** What a name is cut to before a column of numbers goes. */
const LEAST_NAME = 14

/** Styles that are used. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green'

/** Styles a text, or leaves it as it is when colours are off. */
export type Paint = (style: Style, text: string) => string

/** The paint for a choice of colours. */
function painter(color: boolean): Paint {
  return color
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text
}

/** How text is set: its colours, and how many columns it has. */
export interface Layout {
  readonly paint: Paint
  readonly width: number
}

/** The layout for a choice of colours and of a width, 80 without one; it is kept from 40 to 160. */
export function layoutOf(color: boolean, columns: number = WIDTHS.usual): Layout {
  const width = Math.min(Math.max(Math.trunc(columns), WIDTHS.least), WIDTHS.most)
  return { paint: painter(color), width: Number.isNaN(width) ? WIDTHS.usual : width }
}

/** Names come from log files: control characters and direction marks would write over the screen. */
export function cleanText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      character === '\u200d' ? character : '�',
    )
    .toWellFormed()
}

/** Cut to a width in columns, the middle left out. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const characters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)
  const tail = take([...characters].reverse(), Math.floor((width - 1) / 3)).reverse()
  const head = take(characters, width - 1 - displayWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

function take(characters: readonly string[], width: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const character of characters) {
    used += displayWidth(character)
    if (used > width) break
    taken.push(character)
  }
  return taken
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

/** A number keeps its unit. */
const WORD_ENDS = / (?!(?:%|ms|s|min|h|k|M|G)(?:\W|$))/

/** Breaks a sentence into lines that fit; all begin with `first`'s width of space, the first with `first`. */
export function wrap(text: string, first: string, { width }: Layout): string[] {
  return wrapItems(text.split(WORD_ENDS), ' ', first, width)
}

/** The same of things that stay whole, with something between them. */
export function wrapItems(
  items: readonly string[],
  between: string,
  first: string,
  width: number,
): string[] {
  const indent = ' '.repeat(displayWidth(first))
  const lines: string[] = []
  let line = first
  let empty = true
  for (const item of items) {
    const longer = empty ? line + item : line + between + item
    if (!empty && displayWidth(longer.trimEnd()) > width) {
      lines.push(line)
      line = indent + item
    } else {
      line = longer
    }
    empty = false
  }
  return [...lines, line]
}

/** A column of a table: its title, and how its cells look. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly style?: (row: Row) => Style | undefined
  /** Which columns go where there is no room: the highest first. */
  readonly drop?: number
}

/** Aligned rows under dim titles: the first column takes what is left of the width, the others are right-aligned; where that leaves no room for names, columns go. */
export function table<Row>(
  rows: readonly Row[],
  [name, ...others]: readonly [Column<Row>, ...Column<Row>[]],
  { paint, width }: Layout,
): string[] {
  const names = rows.map((row) => cleanText(name.text(row)))
  const longest = Math.max(...[name.title, ...names].map((cell) => displayWidth(cell)))
  const columns = fitting(rows, others, width - 2 - Math.min(longest, LEAST_NAME))
  const widths = columns.map((column) => widthOf(rows, column))
  const taken = widths.reduce((sum, wide) => sum + wide, 0)
  const first = Math.max(Math.min(longest, 8), Math.min(longest, width - 2 - taken))
  const cells = (row: Row) =>
    columns.map(({ text, style }, i) => {
      const cell = padStart(text(row), widths[i] as number)
      const chosen = style?.(row)
      return chosen === undefined ? cell : paint(chosen, cell)
    })
  const titles = columns.map(({ title }, i) => padStart(title, widths[i] as number))
  return [
    `  ${paint('dim', padEnd(shorten(name.title, first), first) + titles.join(''))}`,
    ...rows.map((row, i) => {
      const title = padEnd(shorten(names[i] as string, first), first)
      return `  ${title}${cells(row).join('')}`
    }),
  ]
}

/** The columns that there is room for. */
function fitting<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  room: number,
): readonly Column<Row>[] {
  const taken = columns.reduce((sum, column) => sum + widthOf(rows, column), 0)
  const last = columns.toSorted((a, b) => (b.drop ?? 0) - (a.drop ?? 0))[0]
  if (taken <= room || last?.drop === undefined) return columns
  return fitting(
    rows,
    columns.filter((column) => column !== last),
    room,
  )
}

/** With the space before it. */
function widthOf<Row>(rows: readonly Row[], { title, text }: Column<Row>): number {
  return 2 + Math.max(...[title, ...rows.map(text)].map((cell) => displayWidth(cell)))
}

import { styleText } from 'node:util'
import stringWidth from 'string-width'

/** Widest line that is written. */
const TEXT_WIDTH = 80

/** Styles that are used. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green'

/** Styles a text, or leaves it as it is when colours are off. */
export type Paint = (style: Style, text: string) => string

/** The paint for a choice of colours. */
export function painter(color: boolean): Paint {
  return color
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text
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
  if (stringWidth(text) <= width) return text
  const characters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)
  const tail = take([...characters].reverse(), Math.floor((width - 1) / 3)).reverse()
  const head = take(characters, width - 1 - stringWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

function take(characters: readonly string[], width: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const character of characters) {
    used += stringWidth(character)
    if (used > width) break
    taken.push(character)
  }
  return taken
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text
}

/** Breaks a sentence into lines that fit; all begin with `first`'s width of space, the first with `first`. */
export function wrap(text: string, first: string): string[] {
  const indent = ' '.repeat(stringWidth(first))
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`
    if (!empty && stringWidth(longer) > TEXT_WIDTH) {
      lines.push(line)
      line = indent + word
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
}

/** Aligned rows under dim titles: the first column takes what is left of the width, the others are right-aligned. */
export function table<Row>(
  rows: readonly Row[],
  [name, ...columns]: readonly [Column<Row>, ...Column<Row>[]],
  paint: Paint,
): string[] {
  const widths = columns.map(({ title, text }) =>
    Math.max(...[title, ...rows.map(text)].map((cell) => stringWidth(cell))),
  )
  const others = widths.reduce((sum, width) => sum + width + 2, 0)
  const names = rows.map((row) => cleanText(name.text(row)))
  const longest = Math.max(...[name.title, ...names].map((cell) => stringWidth(cell)))
  const first = Math.max(8, Math.min(longest, TEXT_WIDTH - 2 - others))
  const cells = (row: Row) =>
    columns.map(({ text, style }, i) => {
      const cell = padStart(text(row), (widths[i] as number) + 2)
      const chosen = style?.(row)
      return chosen === undefined ? cell : paint(chosen, cell)
    })
  const titles = columns.map(({ title }, i) => padStart(title, (widths[i] as number) + 2))
  return [
    `  ${paint('dim', padEnd(shorten(name.title, first), first) + titles.join(''))}`,
    ...rows.map((row, i) => {
      const title = padEnd(shorten(names[i] as string, first), first)
      return `  ${title}${cells(row).join('')}`
    }),
  ]
}

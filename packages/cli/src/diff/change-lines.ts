import type {
  ContentDifference,
  MessageRow,
  PartRow,
  TextDifference,
  TextPiece,
  TextRow,
  ValueChange,
  ValueDifference,
} from '@recount/compare'
import { plural } from '../numbers-text.ts'
import { contentLines } from '../show/content-text.ts'

/** A line of a printed difference, in pieces that are the same, gone or new; not yet plain. */
export interface ChangeLine {
  /** Steps to the right. */
  readonly depth: number
  readonly pieces: readonly TextPiece[]
}

/** Lines that stand around a change, of those that are the same. */
const CONTEXT = 1

/** Characters of a value that came or went as a whole. */
const VALUE_LENGTH = 300

/** What changed in one part of what a call saw or said, below the part's name; nothing where nothing did. */
export function contentChangeLines(difference: ContentDifference, isFull: boolean): ChangeLine[] {
  const lines = linesOf(difference, isFull)
  const [only] = lines
  if (only === undefined) return []
  const name: TextPiece = { kind: 'same', text: difference.part }
  if (lines.length === 1)
    return [{ depth: 0, pieces: [{ ...name, text: `${name.text} ` }, ...only.pieces] }]
  return [{ depth: 0, pieces: [name] }, ...deeper(lines)]
}

/** One place in which two values differ. */
export function valueChangeLines(change: ValueChange): ChangeLine[] {
  const name = change.path.slice(1).replaceAll('/', '.') || 'value'
  if (change.kind === 'added') return [lineOf(same(`${name} `), added(valueText(change.b)))]
  if (change.kind === 'removed') return [lineOf(same(`${name} `), removed(valueText(change.a)))]
  if (change.text !== undefined)
    return [lineOf(same(name)), ...deeper(textLines(change.text, false))]
  const [a, b] = [valueText(change.a), valueText(change.b)]
  return [lineOf(same(`${name} `), removed(a), same(' → '), added(b))]
}

const NOT_KEPT = {
  changed: 'differs; the texts were not both kept',
  added: 'only in b',
  removed: 'only in a',
  unknown: 'cannot be compared: not kept, and digests of different keys',
} as const

function linesOf(
  { kind, messages, text, values }: ContentDifference,
  isFull: boolean,
): ChangeLine[] {
  if (messages !== undefined) return messages.rows.flatMap((row) => messageLines(row, isFull))
  if (text !== undefined) return textLines(text, isFull)
  if (values !== undefined) return valueLines(values)
  return kind === 'same' ? [] : [lineOf(same(NOT_KEPT[kind]))]
}

function valueLines({ changes, more }: ValueDifference): ChangeLine[] {
  const lines = changes.flatMap((change) => valueChangeLines(change))
  return more === 0 ? lines : [...lines, lineOf(same(`… and ${plural(more, 'more change')}`))]
}

/** The lines of two texts; of what is the same, only what stands around a change. */
function textLines({ rows, isExact }: TextDifference, isFull: boolean): ChangeLine[] {
  const lines = elided(rows, isFull).map((row) =>
    typeof row === 'number'
      ? lineOf(same(`… ${plural(row, 'line')} the same`))
      : lineOf(...(row.kind === 'changed' ? row.pieces : [{ kind: row.kind, text: row.text }])),
  )
  return isExact ? lines : [...lines, lineOf(same('(too different to be compared word by word)'))]
}

/** Rows, with numbers in the place of so many that are the same and far from any change. */
function elided(rows: readonly TextRow[], isFull: boolean): (TextRow | number)[] {
  const near = new Set<number>()
  for (const [at, { kind }] of rows.entries())
    if (kind !== 'same')
      for (let other = at - CONTEXT; other <= at + CONTEXT; other += 1) near.add(other)
  const shown: (TextRow | number)[] = []
  for (const [at, row] of rows.entries()) {
    const last = shown.at(-1)
    if (isFull || near.has(at)) shown.push(row)
    else if (typeof last === 'number') shown[shown.length - 1] = last + 1
    else shown.push(1)
  }
  return shown
}

function messageLines({ kind, role, parts, a, b }: MessageRow, isFull: boolean): ChangeLine[] {
  if (kind === 'same' && !isFull) return []
  const places = [a, b].flatMap((at) => (at === undefined ? [] : at + 1))
  const name = role === '' ? 'part' : `${role} (message`
  const text = `${name} ${[...new Set(places)].join(' → ')}${role === '' ? '' : ')'}`
  return [
    lineOf({ kind: kind === 'changed' ? 'same' : kind, text }),
    ...deeper(parts.flatMap((part) => partLines(part, isFull))),
  ]
}

function partLines({ kind, a, b, text, values }: PartRow, isFull: boolean): ChangeLine[] {
  if (text !== undefined) return textLines(text, isFull)
  if (values !== undefined) return valueLines(values)
  if (kind === 'changed' || (kind === 'same' && !isFull)) return []
  return contentLines([b ?? a], { speaker: '', system: [] })
    .flatMap((said) => said.replace(/^: /, '').split('\n'))
    .map((said) => lineOf({ kind, text: said }))
}

/** A value in one line; one that came or went as a whole, in its first words. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text
}

function deeper(lines: readonly ChangeLine[]): ChangeLine[] {
  return lines.map(({ depth, pieces }) => ({ depth: depth + 1, pieces }))
}

function lineOf(...pieces: TextPiece[]): ChangeLine {
  return { depth: 0, pieces }
}

function same(text: string): TextPiece {
  return { kind: 'same', text }
}

function removed(text: string): TextPiece {
  return { kind: 'removed', text }
}

function added(text: string): TextPiece {
  return { kind: 'added', text }
}

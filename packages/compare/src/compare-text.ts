import { align, type Pair } from './align.ts'
import { editsOf } from './edits.ts'
import { gramsOf, similarity } from './similarity.ts'

/** A piece of a changed line. */
export interface TextPiece {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** A line of two texts: `a` and `b` are its numbers from 1; `pieces` are there where it is in both, changed. */
export type TextRow =
  | { readonly kind: 'same'; readonly a: number; readonly b: number; readonly text: string }
  | { readonly kind: 'removed'; readonly a: number; readonly text: string }
  | { readonly kind: 'added'; readonly b: number; readonly text: string }
  | {
      readonly kind: 'changed'
      readonly a: number
      readonly b: number
      readonly pieces: readonly TextPiece[]
    }

/** The difference of two texts. */
export interface TextDifference {
  readonly isEqual: boolean
  /** False where the texts differ in more places than were sought: what lies between is shown as replaced. */
  readonly isExact: boolean
  /** All lines, in order. */
  readonly rows: readonly TextRow[]
}

/** Work that a comparison may cost. */
export interface CompareOptions {
  /** Lines of a text, and words of a line, that may differ before they count as replaced as a whole; default 1,000. */
  readonly maxEdits?: number
}

const MAX_EDITS = 1_000
/** Lines that have less than this in common, from 0 to 1, are two lines and not one that changed. */
const MIN_LIKENESS = 0.3
/** A line longer than this many characters is cut into words by spaces alone. */
const MAX_SEGMENTED = 20_000

/** Compares two texts line by line, and lines that changed word by word (words of any script, by Unicode's rules). */
export function compareText(
  a: string,
  b: string,
  { maxEdits = MAX_EDITS }: CompareOptions = {},
): TextDifference {
  const { pairs, isExact } = align(linesOf(a), linesOf(b), { identity, score }, maxEdits)
  let isExactInLines = isExact
  const rows = pairs.map((pair): TextRow => {
    const row = rowOf(pair, maxEdits)
    isExactInLines &&= row.isExact
    return row.row
  })
  return { isEqual: a === b, isExact: isExactInLines, rows }
}

/** Words and what lies between them; joined they are the text. */
function wordsOf(text: string): string[] {
  if (text.length > MAX_SEGMENTED) return text.split(/(\s+)/).filter((word) => word !== '')
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Made once it is needed: it costs more than a small comparison. */
let segmenter: Intl.Segmenter | undefined

interface TextLine {
  /** From 1. */
  readonly number: number
  readonly text: string
  grams: ReadonlySet<string> | undefined
}

function linesOf(text: string): TextLine[] {
  return text.split('\n').map((line, at) => ({ number: at + 1, text: line, grams: undefined }))
}

function identity({ text }: TextLine): string {
  return text
}

function score(a: TextLine, b: TextLine): number {
  a.grams ??= gramsOf(a.text)
  b.grams ??= gramsOf(b.text)
  const likeness = similarity(a.grams, b.grams)
  return likeness < MIN_LIKENESS ? 0 : likeness
}

function rowOf({ a, b }: Pair<TextLine>, maxEdits: number): { row: TextRow; isExact: boolean } {
  if (a === undefined) return { row: { kind: 'added', b: b.number, text: b.text }, isExact: true }
  if (b === undefined) return { row: { kind: 'removed', a: a.number, text: a.text }, isExact: true }
  const numbers = { a: a.number, b: b.number }
  if (a.text === b.text) return { row: { kind: 'same', ...numbers, text: a.text }, isExact: true }
  const { pieces, isExact } = piecesOf(a.text, b.text, maxEdits)
  return { row: { kind: 'changed', ...numbers, pieces }, isExact }
}

function piecesOf(
  a: string,
  b: string,
  maxEdits: number,
): { pieces: TextPiece[]; isExact: boolean } {
  const [wordsA, wordsB] = [wordsOf(a), wordsOf(b)]
  const { runs, isExact } = editsOf(wordsA, wordsB, maxEdits)
  const pieces = runs.map(({ kind, ...run }): TextPiece => {
    const words = kind === 'added' ? wordsB.slice(...run.b) : wordsA.slice(...run.a)
    return { kind, text: words.join('') }
  })
  return { pieces, isExact }
}

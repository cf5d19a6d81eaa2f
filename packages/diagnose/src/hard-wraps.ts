/** A text whose lines were broken at a fixed width, put together again. */
export interface Unbroken {
  readonly text: string
  /** Whether its lines leave no doubt that they were; else a line may have ended there. */
  readonly isSure: boolean
}

const MIN_WIDTH = 30
const MAX_LINES = 400

/**
 * Undoes what a terminal, a box or `fold` does: lines of exactly one width go on in the next, also in the middle of a word.
 * Undefined where no line can have been broken.
 */
export function unbroken(text: string): Unbroken | undefined {
  if (!text.includes('\n')) return undefined
  const lines = withoutFrame(text.split(/\r?\n/, MAX_LINES))
  const last = lines.length - 1
  const width = Math.max(...lines.slice(0, last).map(({ length }) => length))
  if (width < MIN_WIDTH) return undefined
  const ends = lines.map((line, place) => endOf(line, lines[place + 1], width))
  const full = count(ends, '')
  if (full === 0) return undefined
  return {
    text: lines.map((line, place) => line + (ends[place] ?? '')).join(''),
    // Lines that end at words are of all lengths: where most are full, none has ended.
    isSure: full > 2 && full > 2 * (count(ends, ' ') + count(ends, '\n')),
  }
}

function count(ends: readonly (string | undefined)[], wanted: string): number {
  return ends.filter((end) => end === wanted).length
}

/** Nothing after a full line; a space after one that has lost it; else the line ended. */
function endOf(line: string, next: string | undefined, width: number): '' | ' ' | '\n' | undefined {
  if (next === undefined) return undefined
  if (ENTRY.test(next) || line === '') return '\n'
  if (line.length === width) return ''
  return width - line.length < TRIMMED ? ' ' : '\n'
}

const TRIMMED = 3
/** What begins a line of its own. */
const ENTRY = /^(?:at |File "|Traceback|Caused by|[}\])]+,?$|$)/

/** Lines without the border of a box, and without the indentation that all further lines have. */
function withoutFrame(lines: readonly string[]): string[] {
  const isBoxed = lines.filter((line) => BORDERS.test(line)).length > 1
  const bare = isBoxed ? lines.map((line) => line.replace(LEFT, '').replace(RIGHT, '')) : lines
  const further = bare.slice(1).filter((line) => line.trim() !== '')
  const indent = Math.min(...further.map((line) => line.length - line.trimStart().length))
  return bare.map((line, place) => (place === 0 || !(indent > 1) ? line : line.slice(indent)))
}

const BORDERS = /^[ \t]*[│┃|║].*[│┃|║][ \t]*$/
const LEFT = /^[ \t]*[│┃|║] ?/
const RIGHT = /[ \t]*[│┃|║][ \t]*$/

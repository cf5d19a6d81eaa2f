import type { TextPiece } from '@recount/compare'
import { plainLine } from '../plain-text.ts'
import { widthOf, wrapped } from '../show/layout.ts'
import { painter, type Terminal } from '../terminal.ts'

/**
 * One line in pieces, made plain, broken into lines of at most `width` cells and painted; without colours, what is gone and
 * what is new stands in marks, as `wdiff` has them.
 */
export function pieceLines(
  pieces: readonly TextPiece[],
  width: number,
  { color }: Pick<Terminal, 'color'>,
): string[] {
  const lines: TextPiece[][] = [[]]
  let used = 0
  for (const { kind, text } of pieces)
    for (const word of wordsOf(marked(kind, text, color), width)) {
      if (used > 0 && used + widthOf(word.trimEnd()) > width) {
        lines.push([])
        used = 0
      }
      lines.at(-1)?.push({ kind, text: word })
      used += widthOf(word)
    }
  return lines.map((line) => painted(line, color))
}

/** Words with the space behind them; one that is wider than a line comes in pieces. */
function wordsOf(text: string, width: number): string[] {
  return plainLine(text)
    .split(/(?<= )/)
    .flatMap((word) => (widthOf(word) > width ? wrapped(word, width) : [word]))
}

const MARKS = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const

function marked(kind: TextPiece['kind'], text: string, color: boolean): string {
  const [open, close] = color ? MARKS.same : MARKS[kind]
  return `${open}${text}${close}`
}

const STYLES = { removed: 'red', added: 'green' } as const

function painted(line: readonly TextPiece[], color: boolean): string {
  const paint = painter(color)
  const runs: { kind: TextPiece['kind']; text: string }[] = []
  for (const { kind, text } of line) {
    const last = runs.at(-1)
    if (last?.kind === kind) last.text += text
    else runs.push({ kind, text })
  }
  return runs
    .map(({ kind, text }) => (kind === 'same' ? text : paint(STYLES[kind], text)))
    .join('')
    .trimEnd()
}

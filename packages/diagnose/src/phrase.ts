/**
 * Words that have to occur in a text, compared without regard to case, quotes and space; `*` stands for any up to 160
 * characters. Words are whole: `429` is not found in `14290`.
 */
export interface Phrase {
  readonly words: string
  /** The words that stand whole in it: each has to be among the words of a text. */
  readonly anchors: readonly string[]
  readonly pieces: readonly string[]
  /** Whether a `*` stands at the beginning or the end, where a word may go on. */
  readonly open: readonly [boolean, boolean]
}

const GAP = 160

/** A text as phrases are compared with it. Linear. */
export function comparable(text: string): string {
  const spaced = text.includes('Per')
    ? text.replace(/Per(Day|Minute|Hour|Month)/g, ' per $1 ')
    : text
  return spaced
    .toLowerCase()
    .replace(/\\+[nrt]|\s+/g, ' ')
    .replace(/["'`‘’“”\\*]/g, '')
}

/** Makes a phrase ready for comparing. */
export function compilePhrase(words: string): Phrase {
  const pieces = words.split('*').map((piece) => comparable(piece))
  const open: [boolean, boolean] = [pieces[0] === '', pieces.at(-1) === '']
  const whole = pieces.filter((piece) => piece !== '')
  return { words, anchors: anchorsOf(whole, open), pieces: whole, open }
}

/** Whether the phrase occurs in a comparable text. */
export function occurs({ pieces, open }: Phrase, text: string): boolean {
  const [first = '', ...rest] = pieces
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const begins = open[0] || isBoundary(text, at)
    const alone = rest.length === 0
    if (begins && (!alone || open[1] || isBoundary(text, at + first.length))) {
      if (alone || follow(rest, text, at + first.length, open[1])) return true
    }
  }
  return false
}

function follow(pieces: readonly string[], text: string, from: number, open: boolean): boolean {
  let at = from
  for (const [index, piece] of pieces.entries()) {
    const found = text.indexOf(piece, at)
    if (found === -1 || found - at > GAP) return false
    at = found + piece.length
    if (index === pieces.length - 1) return open || isBoundary(text, at)
  }
  return true
}

/** Whether no word goes over this place. */
function isBoundary(text: string, at: number): boolean {
  return !(isWord(text.charCodeAt(at - 1)) && isWord(text.charCodeAt(at)))
}

/** Letters, digits and underscores, and whatever is not ASCII; NaN (outside the text) is none. */
export function isWord(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 95 || unit > 127
}

function anchorsOf(pieces: readonly string[], open: readonly [boolean, boolean]): string[] {
  return pieces.flatMap((piece, index) => {
    const words = piece.split(/[^a-z0-9_\u0080-\uffff]+/)
    const cutsFirst = index > 0 || open[0]
    const cutsLast = index < pieces.length - 1 || open[1]
    if (cutsFirst && /^[\w\u0080-\uffff]/.test(piece)) words.shift()
    if (cutsLast && /[\w\u0080-\uffff]$/.test(piece)) words.pop()
    return words.filter((word) => word.length > 2)
  })
}

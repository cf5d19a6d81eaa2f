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
    .replace(/\\[nrt]|\s+/g, ' ')
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
export function occurs(phrase: Phrase, text: string): boolean {
  const { pieces, open } = phrase
  const first = pieces[0] ?? ''
  if (pieces.length > 1) return occursInPieces(phrase, text)
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const begins = open[0] || isBoundary(text, at)
    if (begins && (open[1] || isBoundary(text, at + first.length))) return true
  }
  return false
}

function occursInPieces({ pieces, open }: Phrase, text: string): boolean {
  const [first = '', ...rest] = pieces
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const end = at + first.length
    const next = text.indexOf(rest[0] as string, end)
    // What does not come after this place does not come after a later one: texts are read once, not once a place.
    if (next === -1) return false
    if (next - end > GAP) at = Math.max(at, next - GAP - first.length - 1)
    else if ((open[0] || isBoundary(text, at)) && follow(rest, text, end, open[1])) return true
  }
  return false
}

function follow(pieces: readonly string[], text: string, from: number, open: boolean): boolean {
  let at = from
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found === -1 || found - at > GAP) return false
    at = found + piece.length
  }
  return open || isBoundary(text, at)
}

/** Whether no word goes over this place. */
export function isBoundary(text: string, at: number): boolean {
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

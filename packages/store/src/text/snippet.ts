import { foldedText, spacedText } from './folded-text.ts'

/** A few words around what was found. */
export interface Snippet {
  /** Any white space is one space; an ellipsis stands where the text goes on. */
  readonly text: string
  /** Where the hit is, in UTF-16 code units of `text`. */
  readonly start: number
  readonly end: number
}

const AROUND = 60

/** The words around the first place where a text has the folded phrase; undefined when it has it nowhere. */
export function snippetOf(text: string, phrase: string): Snippet | undefined {
  const folded = foldedText(text)
  const at = folded.indexOf(phrase)
  if (at === -1) return undefined
  const spaced = spacedText(text)
  // A few letters become longer in lower case; the places then do not fit the text as it was written.
  const shown = spaced.length === folded.length ? spaced : folded
  const from = boundary(shown, Math.max(0, at - AROUND))
  const to = boundary(shown, Math.min(shown.length, at + phrase.length + AROUND))
  const before = from > 0 ? '…' : ''
  const start = before.length + at - from
  return {
    text: `${before}${shown.slice(from, to)}${to < shown.length ? '…' : ''}`,
    start,
    end: start + phrase.length,
  }
}

/** Not within a surrogate pair. */
function boundary(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at
}

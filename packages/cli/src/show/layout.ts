import stringWidth from 'string-width'

/** Cells that a text takes on a terminal. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text)
}

/** The text in at most `width` cells; what was cut is marked by an ellipsis. */
export function clipped(text: string, width: number): string {
  // No character is narrower than nothing, but none of many thousand can matter here.
  const near = text.length > width * 8 ? text.slice(0, width * 8).toWellFormed() : text
  if (near.length === text.length && widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of graphemes().segment(near)) {
    const cells = widthOf(segment)
    if (used + cells > width - 1) break
    kept += segment
    used += cells
  }
  return `${kept}…`
}

/** The text filled up with spaces to `width` cells, or clipped to them. */
export function fitted(text: string, width: number): string {
  const short = clipped(text, width)
  return short + ' '.repeat(Math.max(0, width - widthOf(short)))
}

/** The text in lines of at most `width` cells, broken between words where that is possible. */
export function wrapped(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const word of text.split(/(?<= )/).flatMap((part) => broken(part, width))) {
    const cells = widthOf(word.trimEnd())
    if (used > 0 && used + cells > width) {
      lines.push(line.trimEnd())
      line = ''
      used = 0
    }
    line += word
    used += widthOf(word)
  }
  return [...lines, line.trimEnd()]
}

let segmenter: Intl.Segmenter | undefined

/** Made when it is needed: that takes a process longer than most of what it prints. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter
}

/** A word that is wider than a line, in pieces that are not. */
function broken(word: string, width: number): string[] {
  if (widthOf(word.trimEnd()) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const { segment } of graphemes().segment(word)) {
    const cells = widthOf(segment)
    if (used + cells > width) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += segment
    used += cells
  }
  return [...pieces, piece]
}

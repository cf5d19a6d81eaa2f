/** A canonical line cut at its strings, numbers and words: `between` has one text more than `values`. One character of a text is one byte. */
export interface CutLine {
  /** Where the line begins in the bytes it was cut from. */
  readonly start: number
  readonly between: readonly string[]
  readonly values: readonly string[]
}

// What a colon follows is a key.
const KEY_OR_VALUE = /"(?:[^"\\]|\\.)*"|-?\d+|true|false|null/g

/** Cuts a canonical line. */
export function cutLine(bytes: Buffer, start: number, end: number): CutLine {
  const line = bytes.toString('latin1', start, end)
  const between: string[] = []
  const values: string[] = []
  let from = 0
  for (const { 0: text, index } of line.matchAll(KEY_OR_VALUE)) {
    const behind = index + text.length
    if (line[behind] === ':') continue
    between.push(line.slice(from, index))
    values.push(text)
    from = behind
  }
  between.push(line.slice(from))
  return { start, between, values }
}

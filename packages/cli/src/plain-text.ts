/**
 * Control characters, and characters that hide text or change its direction: line and paragraph separators, bidirectional
 * embeddings, overrides and isolates, invisible operators, tags. Joiners stay, words and emoji need them.
 */
const HOSTILE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/**
 * Text from a log, fit for a terminal: whatever could move the cursor, change colours or hide words becomes a visible
 * mark. One line: line ends and tabs become spaces.
 */
export function plainLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n|[\n\r\t]/g, ' ')
    .replaceAll(HOSTILE, mark)
}

/** The same for text of several lines, which it returns one by one. */
export function plainLines(text: string): string[] {
  return text
    .toWellFormed()
    .split(/\r\n|[\n\r]/)
    .map((line) => line.replaceAll('\t', '    ').replaceAll(HOSTILE, mark))
}

/** JSON of a value in which no such character stands as it is; parsed, it is the same value. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(HOSTILE, (found) =>
    found === '\n' ? found : escaped(found),
  )
}

/** Escape is shown as the picture of itself, which does nothing; all others as a replacement character. */
function mark(found: string): string {
  return found === '\u001b' ? '\u241b' : '\ufffd'
}

function escaped(found: string): string {
  const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

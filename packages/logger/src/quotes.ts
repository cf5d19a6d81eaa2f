const CONTENT = '[Content]'

// A quotation mark between two letters is an apostrophe.
const OPENING = /(?<![\p{L}\p{N}])["'`‘“«]|[{[]/u
const CLOSING = /["'`’”»](?![\p{L}\p{N}])|[}\]]/gu

/**
 * A message without what it quotes: from the first opening quotation mark, brace or bracket to the last closing one, since
 * what is quoted may hold such marks itself; to the end where none closes.
 */
export function withoutQuotes(message: string): string {
  const opening = OPENING.exec(message)
  if (opening === null) return message
  let end = message.length
  for (const closing of message.matchAll(CLOSING))
    if (closing.index > opening.index) end = closing.index + closing[0].length
  return `${message.slice(0, opening.index)}${CONTENT}${message.slice(end)}`
}

/** Shorter texts stand in any sentence. */
const MIN_FOUND = 4
const MAX_SEARCHED = 10_000

/** A message without the texts that stand in a value, wherever it names them without quotation marks. */
export function withoutTextsOf(message: string, value: unknown): string {
  let cleaned = message
  let searched = 0
  const open: unknown[] = [value]
  while (open.length > 0 && searched++ < MAX_SEARCHED) {
    const item = open.pop()
    if (typeof item === 'string') cleaned = without(cleaned, item)
    else if (typeof item === 'object' && item !== null) pushMembers(open, item)
  }
  return cleaned
}

function without(message: string, found: string): string {
  return found.length < MIN_FOUND || found.length > message.length
    ? message
    : message.replaceAll(found, CONTENT)
}

function pushMembers(open: unknown[], item: object): void {
  try {
    for (const member of Object.values(item)) open.push(member)
  } catch {
    // What cannot be read was not quoted either.
  }
}

const SEGMENT = /^[\w$-]{0,40}$/

/** A JSON Pointer of which segments that are no identifiers are not told: they may be keys that a model made up. */
export function identifierPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (SEGMENT.test(segment) ? segment : CONTENT))
    .join('/')
}

/** Objects and arrays deeper than this are withheld: a walk into them would use up the stack. */
export const MAX_DEPTH = 500

/** What becomes of the parts of a JSON text. Strings come decoded; undefined leaves a part as it is written. */
export interface JsonParts {
  /** Stands in for the whole value under a key, which is then not looked into. */
  member(key: string, path: readonly string[]): string | undefined
  key(key: string, path: readonly string[]): string | undefined
  string(value: string, path: readonly string[]): string | undefined
  /** The number as it is written. */
  number(digits: string, path: readonly string[]): string | undefined
}

/**
 * A JSON object, array or string with some parts replaced; everything else stays byte for byte, numbers and repeated
 * keys too. Undefined when the text is not JSON.
 */
export function rewriteJson(text: string, parts: JsonParts, path: string[]): string | undefined {
  if (!mayBeJson(text) || !isJson(text)) return undefined
  const outer = path.length
  const rewriting: Rewriting = { text, parts, path, outer, at: 0, copied: 0, output: '' }
  rewriteValue(rewriting)
  return rewriting.copied === 0 ? text : rewriting.output + text.slice(rewriting.copied)
}

const FIRST = /^[ \t\r\n]{0,64}(?:[[{]|"[\s\S]{1,64})/
const LAST = /[\]}"][ \t\r\n]{0,64}$/

function mayBeJson(text: string): boolean {
  return FIRST.test(text) && LAST.test(text.slice(-66))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A walk over a text that is known to be JSON. */
interface Rewriting {
  readonly text: string
  readonly parts: JsonParts
  readonly path: string[]
  /** Length of the path of the text itself. */
  readonly outer: number
  at: number
  copied: number
  output: string
}

function rewriteValue(rewriting: Rewriting): void {
  skipSpace(rewriting)
  const { text, parts, path, at } = rewriting
  switch (text.charCodeAt(at)) {
    case 123: // {
    case 91: // [
      if (path.length - rewriting.outer >= MAX_DEPTH) {
        skipValue(rewriting)
        replace(rewriting, at, '[Too deep]')
      } else if (text.charCodeAt(at) === 123) rewriteObject(rewriting)
      else rewriteArray(rewriting)
      return
    case 34: {
      const value = readString(rewriting)
      replace(rewriting, at, parts.string(value, path))
      return
    }
    default:
      while (!ENDS.includes(text.charAt(rewriting.at))) rewriting.at++
      if (text.charCodeAt(at) <= 57)
        replace(rewriting, at, parts.number(text.slice(at, rewriting.at), path))
  }
}

/** What ends a number or a word; the end of the text is the empty string, which every string includes. */
const ENDS = ',]} \t\r\n'

function rewriteObject(rewriting: Rewriting): void {
  const { text, parts, path } = rewriting
  rewriting.at++
  for (;;) {
    skipSpace(rewriting)
    const at = rewriting.at
    if (text.charCodeAt(at) !== 34) break
    const key = readString(rewriting)
    path.push(key)
    replace(rewriting, at, parts.key(key, path))
    skipSpace(rewriting)
    rewriting.at++
    rewriteMember(rewriting, key)
    path.pop()
    skipSpace(rewriting)
    if (text.charCodeAt(rewriting.at++) !== 44) return
  }
  rewriting.at++
}

function rewriteMember(rewriting: Rewriting, key: string): void {
  const { parts, path } = rewriting
  skipSpace(rewriting)
  const at = rewriting.at
  const whole = parts.member(key, path)
  if (whole === undefined) rewriteValue(rewriting)
  else {
    skipValue(rewriting)
    replace(rewriting, at, whole)
  }
}

function rewriteArray(rewriting: Rewriting): void {
  const { text, path } = rewriting
  rewriting.at++
  skipSpace(rewriting)
  if (text.charCodeAt(rewriting.at) === 93) {
    rewriting.at++
    return
  }
  for (let index = 0; ; index++) {
    path.push(String(index))
    rewriteValue(rewriting)
    path.pop()
    skipSpace(rewriting)
    if (text.charCodeAt(rewriting.at++) !== 44) return
  }
}

/** To the end of a value of any kind, by its brackets. */
function skipValue(rewriting: Rewriting): void {
  const { text } = rewriting
  let depth = 0
  do {
    skipSpace(rewriting)
    const character = text.charAt(rewriting.at)
    if (character === '"') readLiteral(rewriting)
    else if ('{['.includes(character)) {
      depth++
      rewriting.at++
    } else if ('}]'.includes(character)) {
      depth--
      rewriting.at++
    } else if (',:'.includes(character)) rewriting.at++
    else while (!ENDS.includes(text.charAt(rewriting.at))) rewriting.at++
  } while (depth > 0)
}

function replace(rewriting: Rewriting, from: number, value: string | undefined): void {
  if (value === undefined) return
  rewriting.output += rewriting.text.slice(rewriting.copied, from) + JSON.stringify(value)
  rewriting.copied = rewriting.at
}

function readString(rewriting: Rewriting): string {
  const literal = readLiteral(rewriting)
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
}

function readLiteral(rewriting: Rewriting): string {
  const { text, at } = rewriting
  let end = at + 1
  while (text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1
  rewriting.at = end + 1
  return text.slice(at, end + 1)
}

function skipSpace(rewriting: Rewriting): void {
  while (rewriting.at < rewriting.text.length && rewriting.text.charCodeAt(rewriting.at) <= 32)
    rewriting.at++
}

import { RedactError } from './errors.ts'

/** More ways than this to match at one place are refused. */
const MAX_WAYS = 10_000
const MAX_SOURCE = 2_000

/**
 * Throws `REDACT_PATTERN_UNSAFE` unless a pattern is linear in the text by construction: every quantifier is bounded, and
 * the number of ways in which the pattern can match at one place, an upper bound of what backtracking tries, is at most
 * 10,000. Stricter than need be, and never wrong in the other direction.
 */
export function checkPattern(pattern: RegExp, name: string): void {
  if (!(pattern instanceof RegExp) || pattern.source.length > MAX_SOURCE)
    throw new RedactError(
      'REDACT_OPTION_INVALID',
      `Expected \`pattern\` of \`${name}\` to be a RegExp of at most ${MAX_SOURCE} characters`,
    )
  const reader: Reader = { source: pattern.source, at: 0, sets: pattern.flags.includes('v') }
  const ways = readAlternatives(reader)
  if (ways <= MAX_WAYS) return
  const why =
    ways === Number.POSITIVE_INFINITY
      ? 'has a quantifier without a bound, or a back reference'
      : `can match in ${Math.round(ways)} ways at one place, at most ${MAX_WAYS} are allowed`
  throw new RedactError(
    'REDACT_PATTERN_UNSAFE',
    `The pattern of \`${name}\` ${why}. Use bounds such as {1,32} in place of + and *, and fewer of them`,
  )
}

/** The engine has parsed the source already, so only what matters here is read. */
interface Reader {
  readonly source: string
  at: number
  readonly sets: boolean
}

/** Up to the closing parenthesis or the end: as many ways as all alternatives together. */
function readAlternatives(reader: Reader): number {
  let sum = 0
  let product = 1
  while (reader.at < reader.source.length) {
    const character = reader.source.charAt(reader.at)
    if (character === ')') break
    if (character === '|') {
      reader.at++
      sum += product
      product = 1
    } else product *= readTerm(reader)
  }
  return sum + product
}

function readTerm(reader: Reader): number {
  const ways = readAtom(reader)
  const [least, most] = readQuantifier(reader)
  if (most === least) return ways ** most
  if (most === Number.POSITIVE_INFINITY) return most
  let sum = 0
  for (let times = least; times <= most && sum <= MAX_WAYS; times++) sum += ways ** times
  return sum
}

function readAtom(reader: Reader): number {
  const { source } = reader
  switch (source.charAt(reader.at)) {
    case '(': {
      reader.at = afterGroupHead(source, reader.at)
      const ways = readAlternatives(reader)
      reader.at++
      return ways
    }
    case '[':
      reader.at = afterClass(reader, reader.at)
      return 1
    case '\\':
      return readEscape(reader)
    default:
      reader.at++
      return 1
  }
}

// Sticky, on the beginning of a group.
const GROUP_HEAD = /\((?:\?(?:[:=!]|<[=!]|<[^>]{1,200}>|[a-z-]{1,8}:))?/y
const ESCAPE = /\\(?:k<|[1-9]|[pPu]\{[^}]{0,100}\}|c?.)/sy
const QUANTIFIER = /(?:[*+?]|\{(\d{1,9})(,?)(\d{0,9})\})\??/y

function afterGroupHead(source: string, at: number): number {
  GROUP_HEAD.lastIndex = at
  GROUP_HEAD.test(source)
  return GROUP_HEAD.lastIndex
}

/** A reference compares what was captured with the text, of any length. */
function readEscape(reader: Reader): number {
  ESCAPE.lastIndex = reader.at
  const [piece = '\\'] = ESCAPE.exec(reader.source) ?? []
  reader.at += piece.length
  return /^\\(?:k<|[1-9])/.test(piece) ? Number.POSITIVE_INFINITY : 1
}

function afterClass({ source, sets }: Reader, from: number): number {
  let at = from + 1
  for (let depth = 1; depth > 0 && at < source.length; at++) {
    const character = source.charAt(at)
    if (character === '\\') at++
    else if (character === ']') depth--
    else if (character === '[' && sets) depth++
  }
  return at
}

function readQuantifier(reader: Reader): readonly [number, number] {
  QUANTIFIER.lastIndex = reader.at
  const found = QUANTIFIER.exec(reader.source)
  if (found === null) return [1, 1]
  reader.at = QUANTIFIER.lastIndex
  const [whole, least, comma, most] = found
  if (whole.startsWith('?')) return [0, 1]
  if (least === undefined) return [0, Number.POSITIVE_INFINITY]
  if (comma === '') return [Number(least), Number(least)]
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)]
}

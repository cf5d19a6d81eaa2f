/** 1 for bytes that stand for themselves inside a JSON string: no quote, no backslash, no control character. */
const PLAIN: Uint8Array = new Uint8Array(256).map((_, byte) =>
  byte >= 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
)
/** What may follow a backslash, but for `u`. */
const ESCAPED: Uint8Array = new Uint8Array(256).map((_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
)
const HEX: Uint8Array = new Uint8Array(256).map((_, byte) =>
  /[0-9a-fA-F]/.test(String.fromCharCode(byte)) ? 1 : 0,
)
/** Deeper values are left to JSON.parse. */
const MAX_DEPTH = 100

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** The first byte at or after `at` that is no white space of JSON; a line end is none here. */
export function skipBlank(bytes: Uint8Array, at: number): number {
  let to = at
  for (;;) {
    const byte = bytes[to]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return to
    to++
  }
}

/** The closing quote of the string whose text begins at `at`; -1 where it is no string of JSON. */
export function endOfString(bytes: Uint8Array, at: number): number {
  let to = at
  for (;;) {
    while (PLAIN[bytes[to] as number] === 1) to++
    if (bytes[to] === QUOTE) return to
    if (bytes[to] !== BACKSLASH) return -1
    to = afterEscape(bytes, to + 1)
    if (to === -1) return -1
  }
}

/** Behind an escape whose letter stands at `at`; -1 where JSON has no such. */
export function afterEscape(bytes: Uint8Array, at: number): number {
  if (ESCAPED[bytes[at] as number] === 1) return at + 1
  if (bytes[at] !== 0x75) return -1
  for (let to = at + 1; to <= at + 4; to++) if (HEX[bytes[to] as number] !== 1) return -1
  return at + 5
}

/** The end of the number that begins at `at`; -1 where it is no number of JSON. */
export function endOfNumber(bytes: Uint8Array, at: number): number {
  let to = bytes[at] === 0x2d ? at + 1 : at
  if (bytes[to] === 0x30) to++
  else if (!isDigit(bytes[to])) return -1
  else to = afterDigits(bytes, to)
  if (bytes[to] === 0x2e) {
    if (!isDigit(bytes[to + 1])) return -1
    to = afterDigits(bytes, to + 1)
  }
  if (bytes[to] === 0x65 || bytes[to] === 0x45) {
    const sign = bytes[to + 1] === 0x2b || bytes[to + 1] === 0x2d ? 1 : 0
    if (!isDigit(bytes[to + 1 + sign])) return -1
    to = afterDigits(bytes, to + 1 + sign)
  }
  return to
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function afterDigits(bytes: Uint8Array, at: number): number {
  let to = at
  while (isDigit(bytes[to])) to++
  return to
}

/** The end of the value that begins at `at`; -1 where it is none, or where that is left to JSON.parse. */
export function endOfValue(bytes: Uint8Array, at: number, depth = 0): number {
  const byte = bytes[at]
  if (byte === QUOTE) {
    const close = endOfString(bytes, at + 1)
    return close === -1 ? -1 : close + 1
  }
  if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return endOfWordOrNumber(bytes, at)
  if (depth === MAX_DEPTH) return -1
  return byte === OPEN_OBJECT ? endOfObject(bytes, at, depth + 1) : endOfArray(bytes, at, depth + 1)
}

function endOfWordOrNumber(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === 0x74) return isWord(bytes, at, 'true') ? at + 4 : -1
  if (byte === 0x66) return isWord(bytes, at, 'false') ? at + 5 : -1
  if (byte === 0x6e) return isWord(bytes, at, 'null') ? at + 4 : -1
  return endOfNumber(bytes, at)
}

function isWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 1; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false
  return true
}

function endOfArray(bytes: Uint8Array, open: number, depth: number): number {
  let at = skipBlank(bytes, open + 1)
  if (bytes[at] === CLOSE_ARRAY) return at + 1
  for (;;) {
    at = endOfValue(bytes, at, depth)
    if (at === -1) return -1
    at = skipBlank(bytes, at)
    if (bytes[at] === CLOSE_ARRAY) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = skipBlank(bytes, at + 1)
  }
}

function endOfObject(bytes: Uint8Array, open: number, depth: number): number {
  let at = skipBlank(bytes, open + 1)
  if (bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return -1
    const close = endOfString(bytes, at + 1)
    if (close === -1) return -1
    at = skipBlank(bytes, close + 1)
    if (bytes[at] !== COLON) return -1
    at = endOfValue(bytes, skipBlank(bytes, at + 1), depth)
    if (at === -1) return -1
    at = skipBlank(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = skipBlank(bytes, at + 1)
  }
}

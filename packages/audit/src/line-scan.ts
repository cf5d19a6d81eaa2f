import { isUtf8 } from 'node:buffer'
import { isCanonical, MAX_DEPTH } from './canonical.ts'
import { forgetFields, keepField, type LineFields } from './line-fields.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const SPACE = 0x20

/** What is not canonical, or not known without a closer look. */
const NO = -1

// State of one scan, which never waits: bytes beyond ASCII, and keys with escapes, are rare and looked at when the line is known.
let sawHigh = false
let sawEscapedKey = false

/**
 * Whether the bytes from `start` to `end` are an object in its canonical form: the same answer as `isCanonical`, without building the value.
 * Fills `fields`.
 */
export function scanLine(bytes: Buffer, start: number, end: number, fields: LineFields): boolean {
  sawHigh = false
  sawEscapedKey = false
  forgetFields(fields)
  if (bytes[start] !== OPEN_OBJECT) return false
  const found = scanMembers(bytes, start + 1, 1, fields)
  if (found !== end) return false
  if (sawEscapedKey) return isCanonicalBytes(bytes.subarray(start, end))
  return !sawHigh || isUtf8(bytes.subarray(start, end))
}

/** From the first byte of a string, number or word; returns what is behind it, -1 where it is none or has no such form. */
export function valueEnd(bytes: Buffer, start: number): number {
  sawHigh = false
  const end = scanScalar(bytes, start)
  return end !== NO && sawHigh && !isUtf8(bytes.subarray(start, end)) ? NO : end
}

function isCanonicalBytes(line: Buffer): boolean {
  return isUtf8(line) && isCanonical(line.toString())
}

/** From behind an object's brace; returns what is behind the brace that closes it. */
function scanMembers(
  bytes: Buffer,
  start: number,
  depth: number,
  fields: LineFields | undefined,
): number {
  if (bytes[start] === CLOSE_OBJECT) return start + 1
  let at = start
  let lastKey = 0
  let lastEnd = 0
  for (;;) {
    const key = at + 1
    const keyEnd = scanKey(bytes, at)
    if (keyEnd === NO || bytes[keyEnd + 1] !== COLON) return NO
    if (!isBefore(bytes, lastKey, lastEnd, key, keyEnd)) return NO
    const value = keyEnd + 2
    at = scanValue(bytes, value, depth)
    if (at === NO) return NO
    if (fields !== undefined) keepField(fields, bytes, key, keyEnd, value, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return NO
    lastKey = key
    lastEnd = keyEnd
    at += 1
  }
}

/** From a key's quote; returns its other quote. */
function scanKey(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) return NO
  let at = start + 1
  for (;;) {
    const byte = bytes[at] as number
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) {
      sawEscapedKey = true
      at += 1
      if (bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) return NO
    } else if (!(byte >= SPACE && byte < 0x7f)) return NO
    at += 1
  }
}

/** Whether a key comes before another; 0 is no key, which comes before all. As they are spelled: those with escapes are looked at later. */
function isBefore(
  bytes: Buffer,
  first: number,
  firstEnd: number,
  second: number,
  secondEnd: number,
): boolean {
  if (first === 0 || sawEscapedKey) return true
  const length = Math.min(firstEnd - first, secondEnd - second)
  for (let at = 0; at < length; at += 1) {
    const difference = (bytes[first + at] as number) - (bytes[second + at] as number)
    if (difference !== 0) return difference < 0
  }
  return firstEnd - first < secondEnd - second
}

/** From a value's first byte; returns what is behind it. `depth` is that of the object or array it is in. */
function scanValue(bytes: Buffer, start: number, depth: number): number {
  const first = bytes[start] as number
  if (first === OPEN_OBJECT)
    return depth < MAX_DEPTH ? scanMembers(bytes, start + 1, depth + 1, undefined) : NO
  if (first === OPEN_ARRAY) return depth < MAX_DEPTH ? scanItems(bytes, start + 1, depth + 1) : NO
  return scanScalar(bytes, start)
}

function scanScalar(bytes: Buffer, start: number): number {
  const first = bytes[start] as number
  if (first === QUOTE) return scanString(bytes, start)
  if (first === MINUS || (first >= ZERO && first <= NINE)) return scanNumber(bytes, start)
  return scanWord(bytes, start)
}

function scanItems(bytes: Buffer, start: number, depth: number): number {
  if (bytes[start] === CLOSE_ARRAY) return start + 1
  let at = start
  for (;;) {
    at = scanValue(bytes, at, depth)
    if (at === NO) return NO
    if (bytes[at] === CLOSE_ARRAY) return at + 1
    if (bytes[at] !== COMMA) return NO
    at += 1
  }
}

/** 1 for what stands in a string as it is: printable ASCII but quotes and backslashes. */
const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
)

function scanString(bytes: Buffer, start: number): number {
  let at = start + 1
  for (;;) {
    while (PLAIN[bytes[at] as number] === 1) at += 1
    if (bytes[at] === QUOTE) return at + 1
    at = scanUnusual(bytes, at)
    if (at === NO) return NO
  }
}

/** An escape, or a byte beyond ASCII; returns what is behind it. */
function scanUnusual(bytes: Buffer, at: number): number {
  const byte = bytes[at] as number
  if (byte === BACKSLASH) return scanEscape(bytes, at)
  if (!(byte >= SPACE)) return NO
  if (byte >= 0x80) sawHigh = true
  return at + 1
}

/** The letters of the short escapes: `"`, `\`, b, f, n, r, t. */
const SHORT = new Set([0x22, 0x5c, 0x62, 0x66, 0x6e, 0x72, 0x74])
/** Control characters that have a short escape may not have a long one. */
const HAVE_SHORT = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d])

/** From a backslash; returns what is behind the escape, where it is the one that RFC 8785 3.2.2.2 wants. */
function scanEscape(bytes: Buffer, start: number): number {
  if (SHORT.has(bytes[start + 1] as number)) return start + 2
  const digits = /^u00([01][0-9a-f])$/.exec(bytes.toString('latin1', start + 1, start + 6))?.[1]
  if (digits === undefined || HAVE_SHORT.has(Number.parseInt(digits, 16))) return NO
  return start + 6
}

function scanNumber(bytes: Buffer, start: number): number {
  const isNegative = bytes[start] === MINUS
  const digits = isNegative ? start + 1 : start
  let at = digits
  for (let byte = bytes[at] as number; byte >= ZERO && byte <= NINE; byte = bytes[at] as number) {
    at += 1
  }
  const length = at - digits
  if (length === 0 || length > 16) return NO
  if (bytes[digits] === ZERO && (length > 1 || isNegative)) return NO
  if (length === 16 && !Number.isSafeInteger(Number(bytes.toString('latin1', digits, at))))
    return NO
  return at
}

function scanWord(bytes: Buffer, start: number): number {
  const text = bytes.toString('latin1', start, start + 5)
  if (text === 'false') return start + 5
  return text.startsWith('true') || text.startsWith('null') ? start + 4 : NO
}

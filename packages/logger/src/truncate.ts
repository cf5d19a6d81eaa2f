import type { Plain } from '@recount/redact'

/** Of a text that is cut, this share of what stays comes from its beginning. */
const HEAD_SHARE = 0.35
/** A text is never cut below this, because it would say nothing. */
const MIN_TEXT = 200
/** Room for the note that stands where something was cut out. */
const NOTE_LENGTH = 40

/**
 * Makes a value (plain, well-formed; `json` is its JSON where it is known) fit into a budget of UTF-16 units of JSON by
 * cutting the middle out of its longest texts, so that its structure stays readable; a value of very many small pieces
 * becomes the beginning and end of its JSON text. No piece is looked at more than twice.
 */
export function truncate(
  value: Plain,
  budget: number,
  json?: string,
): { content: Plain; json: string } {
  const longest = longestAllowed(value, budget)
  // The quotes are those of the text that it becomes.
  const content =
    longest === undefined
      ? cutMiddle(json ?? JSON.stringify(value), budget - 2)
      : cutTexts(value, longest)
  return { content, json: JSON.stringify(content) }
}

/** The middle of a text cut out, and how much; what stays and the note have `most` units at most as JSON, surrogate pairs stay whole. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most && jsonLength(text, most) <= most) return text
  const keep = Math.max(0, most - NOTE_LENGTH)
  const head = Math.floor(keep * HEAD_SHARE)
  let end = unitsFrom(text, head, 0, 1)
  let start = text.length - unitsFrom(text, keep - head, text.length - 1, -1)
  if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
  if (isLowSurrogate(text.charCodeAt(start))) start += 1
  return `${text.slice(0, end)}[TRUNCATED ${start - end} characters]${text.slice(start)}`
}

/** How many units of a text, from one of its ends on, fit into `room` units of JSON. */
function unitsFrom(text: string, room: number, from: number, step: 1 | -1): number {
  let taken = 0
  for (let left = room; taken < text.length; taken++) {
    left -= escapedLength(text.charCodeAt(from + taken * step))
    if (left < 0) break
  }
  return taken
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

interface Measured {
  readonly budget: number
  /** Lengths of all texts as JSON without their quotes. */
  readonly texts: number[]
  /** The length of everything else. */
  structure: number
  /** The least that texts can be cut to. */
  least: number
}

/** The length at which cutting every longer text makes the value fit; undefined where texts would say nothing any more. */
function longestAllowed(value: Plain, budget: number): number | undefined {
  const measured = { budget, texts: [], structure: 0, least: 0 }
  if (!measure(value, measured)) return undefined
  const ascending = Float64Array.from(measured.texts).sort()
  let left = budget - measured.structure
  for (let index = 0; index < ascending.length; index++) {
    const share = left / (ascending.length - index)
    const length = ascending[index] ?? 0
    if (length > share) return Math.floor(share)
    left -= length
  }
  return Number.POSITIVE_INFINITY
}

/** False, as soon as it is known, where no cutting of texts would help. */
function measure(value: Plain, measured: Measured): boolean {
  if (typeof value === 'string') {
    const length = jsonLength(value, measured.budget)
    measured.texts.push(length)
    measured.least += Math.min(length, MIN_TEXT)
    measured.structure += 2
  } else if (typeof value !== 'object' || value === null) {
    measured.structure += String(value).length
  } else {
    // An array's keys take no room.
    const keyed = !Array.isArray(value)
    measured.structure += 2
    for (const [key, item] of Object.entries(value)) {
      measured.structure += keyed ? jsonLength(key, measured.budget) + 4 : 1
      if (!measure(item, measured)) return false
    }
  }
  return measured.structure + measured.least <= measured.budget
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes (RFC 8259, 7)
const ESCAPED = /[\u0000-\u001f"\\]/

/** The length of a text as JSON, without its quotes; not counted on above `most`. */
function jsonLength(text: string, most: number): number {
  if (text.length > most || !ESCAPED.test(text)) return text.length
  let length = 0
  for (let index = 0; index < text.length && length <= most; index++)
    length += escapedLength(text.charCodeAt(index))
  return length
}

/** Backspace, tab, line feed, form feed and carriage return have short forms. */
const SHORT = [8, 9, 10, 12, 13]

function escapedLength(unit: number): number {
  if (unit > 0x1f) return unit === 0x22 || unit === 0x5c ? 2 : 1
  return SHORT.includes(unit) ? 2 : 6
}

function cutTexts(value: Plain, longest: number): Plain {
  if (typeof value === 'string') return cutMiddle(value, longest)
  if (Array.isArray(value)) return value.map((item) => cutTexts(item, longest))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, cutTexts(item, longest)]),
  )
}

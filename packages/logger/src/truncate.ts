import type { Plain } from '@recount/redact'

/** Of a text that is cut, this share of what stays comes from its beginning. */
const HEAD_SHARE = 0.35
/** A text is never cut below this, because it would say nothing. */
const MIN_TEXT = 200
/** Room for the note that stands where something was cut out. */
const NOTE_LENGTH = 40
const ATTEMPTS = 6

/**
 * Makes a value fit into a budget of UTF-16 units of JSON by cutting the middle out of its longest texts, so that its
 * structure stays readable; a value of very many small pieces becomes the beginning and end of its JSON text.
 */
export function truncate(value: Plain, budget: number): { content: Plain; json: string } {
  const lengths: number[] = []
  measure(value, lengths)
  // Structure and escapes take room too; how much is seen only in the JSON.
  for (let room = budget, attempt = 0; attempt < ATTEMPTS; attempt++) {
    const content = cutTexts(value, longestAllowed(lengths, room))
    const json = JSON.stringify(content)
    if (json.length <= budget) return { content, json }
    room = Math.floor(room * Math.min(0.97, budget / json.length))
  }
  return cutJson(JSON.stringify(value), budget)
}

/** The middle of a text cut out, and how much; what stays and the note have `most` units at most, surrogate pairs stay whole. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text
  const keep = Math.max(0, most - NOTE_LENGTH)
  let end = Math.floor(keep * HEAD_SHARE)
  let start = text.length - (keep - end)
  if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
  if (isLowSurrogate(text.charCodeAt(start))) start += 1
  return `${text.slice(0, end)}[TRUNCATED ${start - end} characters]${text.slice(start)}`
}

function cutJson(text: string, budget: number): { content: Plain; json: string } {
  for (let most = budget - 2; ; ) {
    const content = cutMiddle(text, most)
    const json = JSON.stringify(content)
    if (json.length <= budget) return { content, json }
    most = Math.floor(most * Math.min(0.97, budget / json.length))
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

function measure(value: Plain, lengths: number[]): void {
  if (typeof value === 'string') lengths.push(value.length)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) measure(item, lengths)
}

/** The length at which cutting every longer text makes the sum fit. */
function longestAllowed(lengths: number[], budget: number): number {
  lengths.sort((a, b) => a - b)
  let left = budget
  for (let index = 0; index < lengths.length; index++) {
    const share = left / (lengths.length - index)
    const length = lengths[index] ?? 0
    if (length > share) return Math.max(MIN_TEXT, Math.floor(share))
    left -= length
  }
  return Number.POSITIVE_INFINITY
}

function cutTexts(value: Plain, longest: number): Plain {
  if (typeof value === 'string') return cutMiddle(value, longest)
  if (Array.isArray(value)) return value.map((item) => cutTexts(item, longest))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, cutTexts(item, longest)]),
  )
}

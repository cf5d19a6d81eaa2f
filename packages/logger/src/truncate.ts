import type { Plain } from '@recount/redact'

/** Of a text that is cut, this share of what stays comes from its beginning. */
const HEAD_SHARE = 0.35
/** A text is never cut below this, because it would say nothing. */
const MIN_TEXT = 200

/**
 * Makes a value fit into a budget of UTF-16 units by cutting the middle out of its longest texts, so that its structure
 * stays readable; a value of very many small pieces becomes the beginning and end of its JSON text.
 */
export function truncate(value: Plain, budget: number): { content: Plain; json: string } {
  const lengths: number[] = []
  measure(value, lengths)
  const content = cutTexts(value, longestAllowed(lengths, budget))
  const json = JSON.stringify(content)
  if (json.length <= budget * 2) return { content, json }
  const text = cutMiddle(json, budget)
  return { content: text, json: JSON.stringify(text) }
}

/** The middle of a text cut out, and how much; surrogate pairs stay whole. */
export function cutMiddle(text: string, keep: number): string {
  if (text.length <= keep) return text
  const head = text.slice(0, Math.floor(keep * HEAD_SHARE)).toWellFormed()
  const tail = text.slice(text.length - Math.floor(keep * (1 - HEAD_SHARE))).toWellFormed()
  return `${head}[TRUNCATED ${text.length - head.length - tail.length} characters]${tail}`
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

import { read } from './safe-read.ts'

/** Headers that say when to come back, or which request it was. */
const WANTED =
  /^(?:retry-after(?:-ms)?|x-ratelimit-.*|anthropic-ratelimit-.*|x-should-retry|.*request-?id|cf-ray|apim-request-id)$/
const MOST = 64

/** Puts the headers that matter into a map, lower case; from a Headers object, a plain one, or pairs. Never throws. */
export function headersOf(given: unknown, found: Map<string, string>): void {
  if (typeof given !== 'object' || given === null) return
  try {
    for (const [name, value] of entriesOf(given)) {
      if (found.size >= MOST) return
      const key = String(name).toLowerCase()
      if (WANTED.test(key) && !found.has(key)) found.set(key, String(value).slice(0, 200))
    }
  } catch {
    // Whatever this was, its headers cannot be read.
  }
}

function entriesOf(given: object): readonly (readonly [unknown, unknown])[] {
  const iterate = read(given, 'entries')
  if (typeof iterate !== 'function') return Object.entries(given).slice(0, 200)
  const entries: [unknown, unknown][] = []
  for (const entry of (given as Headers).entries()) {
    if (entries.length >= 200) break
    entries.push(entry as [string, string])
  }
  return entries
}

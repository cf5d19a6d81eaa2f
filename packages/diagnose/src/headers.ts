import { read } from './safe-read.ts'

/** Headers that say when to come back, or which request it was. */
const WANTED =
  /^(?:retry-after(?:-ms)?|x-ratelimit-.*|anthropic-ratelimit-.*|x-should-retry|.*request-?id|cf-ray|apim-request-id)$/
const MOST = 64
const MOST_READ = 200

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
  const entries: [unknown, unknown][] = []
  if (typeof iterate === 'function') {
    for (const entry of (given as Headers).entries()) {
      if (entries.length >= MOST_READ) break
      entries.push(entry as [string, string])
    }
    return entries
  }
  // Not Object.entries: it makes a list of all of them first.
  for (const key in given) {
    if (entries.length >= MOST_READ) break
    entries.push([key, read(given, key)])
  }
  return entries
}

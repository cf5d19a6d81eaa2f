const DATA = /^data: ?/
/** What tells two streams of deltas apart that stand at the same path: a tool call's or choice's index, an item's id. */
const DISCRIMINATORS = ['index', 'item_id', 'output_index', 'content_index', 'summary_index']

/**
 * The texts that a stream of events (server-sent, or lines of JSON) spells out piece by piece: the strings at one path,
 * in order, where there are several and they differ.
 */
export function spelledTexts(lines: readonly string[]): string[][] {
  const pieces = new Map<string, string[]>()
  for (const line of lines) collect(parse(line.replace(DATA, '')), '', pieces)
  return Array.from(pieces.values()).filter(([first, ...rest]) =>
    rest.some((piece) => piece !== first),
  )
}

function parse(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function collect(value: unknown, place: string, pieces: Map<string, string[]>): void {
  if (typeof value === 'string') {
    const known = pieces.get(place)
    if (known === undefined) pieces.set(place, [value])
    else known.push(value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const here = place + discriminators(value)
  for (const [key, item] of Object.entries(value)) collect(item, `${here}.${key}`, pieces)
}

function discriminators(value: object): string {
  let text = ''
  for (const key of DISCRIMINATORS) {
    const found = (value as Record<string, unknown>)[key]
    if (typeof found === 'number' || typeof found === 'string') text += `#${key}=${found}`
  }
  return text
}

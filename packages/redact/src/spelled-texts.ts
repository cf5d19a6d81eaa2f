import { MAX_DEPTH } from './json-text.ts'
import type { WireLine } from './wire-text.ts'

/** What tells two streams of deltas apart that stand at the same path: a tool call's or choice's index, an item's id. */
const DISCRIMINATORS = ['index', 'item_id', 'output_index', 'content_index', 'summary_index']

/** Pieces by the place where they stand. */
type Pieces = Map<string, string[]>

/**
 * The texts that wire text spells out piece by piece: the strings at one path, the strings under one key (also where the
 * JSON is cut), and payloads that are no objects; in order, where there are several and they differ.
 */
export function spelledTexts(text: string, lines: readonly WireLine[]): string[][] {
  const pieces: Pieces = new Map()
  const payloads = eventsOf(lines)
  for (const payload of payloads) collectEvent(payload, pieces)
  if (text.trimStart().startsWith('[')) collectPayload(parsed(text), pieces)
  collectLiterals(lines, pieces)
  const groups = Array.from(pieces.values())
  const first = lines.find(({ kind }) => kind !== 'blank' && kind !== 'field')
  return [
    ...groups,
    ...beginnings(first).flatMap((start) => groups.map((group) => [start, ...group])),
  ].filter(([start, ...rest]) => rest.some((piece) => piece !== start))
}

/** The payloads of each event: several `data:` lines up to an empty line are one; a line of JSON is one for itself. */
function eventsOf(lines: readonly WireLine[]): string[][] {
  const events: string[][] = []
  let open: string[] | undefined
  for (const { kind, head, payload } of lines) {
    if (kind === 'blank') open = undefined
    else if (kind === 'json') events.push([payload])
    else if (kind === 'data') {
      // One space belongs to the frame, more are the payload's.
      const piece = head.slice(head.indexOf(':') + 1).replace(/^ /, '') + payload
      if (open === undefined) {
        open = [piece]
        events.push(open)
      } else open.push(piece)
    }
  }
  return events
}

function collectEvent(payloads: readonly string[], pieces: Pieces): void {
  const values = payloads.map(parsed)
  if (payloads.length > 1 && values.includes(undefined)) {
    collectPayload(parsed(payloads.join('\n')), pieces)
    pieces.set(
      `event ${pieces.size}`,
      payloads.flatMap((payload) => [payload, '\n']),
    )
  }
  for (const [index, payload] of payloads.entries()) {
    const value = values[index]
    if (typeof value === 'object' && value !== null) collectPayload(value, pieces)
    else {
      const bare = typeof value === 'string' ? value : unquoted(payload)
      add('bare', bare, pieces)
      add('trimmed', bare.trim(), pieces)
    }
  }
}

function parsed(text: string): unknown {
  // A failure to parse is dear, and most are told by their ends.
  const bare = text.trim()
  if (!/^(?:\{\s*["}]|[["])/.test(bare) || !/[\]}"]$/.test(bare)) return undefined
  try {
    return JSON.parse(bare)
  } catch {
    return undefined
  }
}

function unquoted(payload: string): string {
  return payload.startsWith('"') ? decoded(payload.slice(1)) : payload
}

/** The items of a list of chunks stand at the same path. */
function collectPayload(value: unknown, pieces: Pieces): void {
  const chunks = Array.isArray(value) && value.every((item) => typeof item === 'object')
  for (const chunk of chunks ? value : [value]) collect(chunk, '', 0, pieces)
}

function collect(value: unknown, place: string, depth: number, pieces: Pieces): void {
  if (typeof value === 'string') add(`path ${place}`, value, pieces)
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return
  const here = place + discriminators(value)
  for (const [key, item] of Object.entries(value))
    collect(item, `${here}.${key}`, depth + 1, pieces)
}

function discriminators(value: object): string {
  let text = ''
  for (const key of DISCRIMINATORS) {
    const found = (value as Record<string, unknown>)[key]
    if (typeof found === 'number' || typeof found === 'string') text += `#${key}=${found}`
  }
  return text
}

function add(place: string, piece: string, pieces: Pieces): void {
  const known = pieces.get(place)
  if (known === undefined) pieces.set(place, [piece])
  else known.push(piece)
}

// Linear: a key is bounded, and after the value nothing can make it give back.
const LITERAL = /"([^"\\\r\n]{1,64})"\s{0,8}:\s{0,8}"([^"\\]*(?:\\[\s\S][^"\\]*)*)/g

/** By key alone: JSON may be cut, written after other JSON, or numbered anew in each piece. */
function collectLiterals(lines: readonly WireLine[], pieces: Pieces): void {
  const text = lines.map(({ payload }) => payload).join('\n')
  for (const [, key, literal = ''] of text.matchAll(LITERAL))
    add(`key ${key}`, decoded(literal), pieces)
}

function decoded(literal: string): string {
  if (!literal.includes('\\')) return literal
  try {
    return JSON.parse(`"${literal.replace(/\\(?:u[\da-f]{0,3})?$/i, '')}"`) as string
  } catch {
    return literal
  }
}

/** More than what is looked for takes. */
const LONGEST_BEGINNING = 512

/** What may be the end of a string in a first line whose beginning is cut off. */
function beginnings(line: WireLine | undefined): string[] {
  if (line === undefined || line.kind !== 'other') return []
  const [, start = '', value = ''] = /^([^"]*)"?\s{0,8}:?\s{0,8}"?([^"]*)/.exec(line.payload) ?? []
  return [start, value]
    .filter((text) => text !== '')
    .map((text) => decoded(text.slice(-LONGEST_BEGINNING)))
}

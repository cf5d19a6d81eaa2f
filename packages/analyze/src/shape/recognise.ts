import { type Clue, LLM_REQUEST_SHAPE, type LogShape, OPENTELEMETRY_SHAPE } from '@recount/record'
import type { FieldMap } from './field-map.ts'
import { isRow } from './paths.ts'
import { applyMaps, matchShape, type Reading, readShape } from './reading.ts'
import { toEpoch } from './time.ts'

/** Why an entry is no call; all of them together are `skipped.not_a_call`. */
export const NOT_A_CALL = [
  'blank',
  'start_line',
  'content',
  'other_event',
  'unknown_version',
  'unknown_shape',
  'other_log_line',
  'not_an_object',
] as const
/** One of `NOT_A_CALL`. */
export type NotACall = (typeof NOT_A_CALL)[number]

/** What a value was recognised as. */
export type Recognised =
  | {
      readonly kind: 'call'
      readonly reading: Reading
      readonly shape: string
      readonly why: string
    }
  | { readonly kind: 'start'; readonly spanId: string; readonly time: number | null }
  | { readonly kind: 'other'; readonly reason: NotACall }

/** Called for each value read from a foreign record: the shape, our key, the path it came from. */
export type FieldNoted = (shape: string, key: string, path: string) => void

const SHAPES: readonly LogShape[] = [OPENTELEMETRY_SHAPE, LLM_REQUEST_SHAPE]

/** Title of a shape, for people. */
export function shapeTitle(name: string): string {
  if (name === 'recount') return "Recount's own lines"
  return SHAPES.find((shape) => shape.name === name)?.title ?? 'named by map'
}

/**
 * A function that tells what a parsed value is: our own lines first, then known shapes, then maps. `matched` is called
 * for each map that finds something.
 */
export function createRecogniser(
  maps: readonly FieldMap[],
  noted: FieldNoted,
  matched: (map: FieldMap) => void,
): (value: unknown) => Recognised {
  return (value) => {
    if (!isRow(value)) return { kind: 'other', reason: 'not_an_object' }
    if (Object.hasOwn(value, 'recount')) return recogniseOurs(value, maps, noted, matched)
    for (const shape of SHAPES) {
      const clues = matchShape(shape, value)
      if (clues === undefined) continue
      const note = (key: string, path: string) => noted(shape.name, key, path)
      const reading = readShape(shape, value, note)
      applyMaps(maps, value, reading, note, matched)
      return { kind: 'call', reading, shape: shape.name, why: clues.map(describe).join(' and ') }
    }
    const reading: Reading = {}
    const note = (key: string, path: string) => noted('map', key, path)
    if (!applyMaps(maps, value, reading, note, matched))
      return { kind: 'other', reason: isLogLine(value) ? 'other_log_line' : 'unknown_shape' }
    return { kind: 'call', reading, shape: 'map', why: 'a mapped field is there' }
  }
}

function recogniseOurs(
  row: Readonly<Record<string, unknown>>,
  maps: readonly FieldMap[],
  noted: FieldNoted,
  matched: (map: FieldMap) => void,
): Recognised {
  if (row.recount !== 1) return { kind: 'other', reason: 'unknown_version' }
  if (row.event === 'llm_call_started') {
    if (typeof row.span_id !== 'string') return { kind: 'other', reason: 'start_line' }
    return { kind: 'start', spanId: row.span_id, time: toEpoch(row.time, 'ms') }
  }
  if (row.event === 'content') return { kind: 'other', reason: 'content' }
  if (row.event !== 'llm_call') return { kind: 'other', reason: 'other_event' }
  let reading: Reading = row
  if (maps.length > 0) {
    reading = { ...row }
    applyMaps(maps, row, reading, (key, path) => noted('recount', key, path), matched)
  }
  return { kind: 'call', reading, shape: 'recount', why: '`recount` is 1 and `event` is llm_call' }
}

/** What pino writes on every line, and loggers like it. */
function isLogLine(row: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string) => Object.hasOwn(row, key)
  return has('level') && has('time') && (has('msg') || has('pid'))
}

function describe({ path, is }: Clue): string {
  if (typeof is !== 'string') return `\`${path}\` is ${is.join(' or ')}`
  return is === 'set' ? `\`${path}\` is set` : `\`${path}\` is a ${is}`
}

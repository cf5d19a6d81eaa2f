import {
  type ForeignCall,
  ForeignReader,
  type ForeignRecord,
  type Inference,
  isRow,
  type KnownUnit,
  type Reading,
  type Row,
  toEpoch,
} from '@recount/record/shapes'
import type { FieldMap } from './field-map.ts'
import { applyMaps } from './mapped.ts'
import type { NotACall } from './not-a-call.ts'
import { isTranscriptLine } from './transcript-line.ts'

/** What a value was recognised as. */
export type Recognised =
  | {
      readonly kind: 'call'
      readonly reading: Reading
      readonly shape: string
      readonly title: string
      readonly why: string
      readonly line: number
      readonly sources: readonly (readonly [key: string, path: string])[]
      readonly unreadable?: ForeignCall['unreadable']
    }
  | {
      readonly kind: 'start'
      readonly spanId: string
      readonly time: number | null
      readonly level: unknown
    }
  | { readonly kind: 'other'; readonly reason: NotACall; readonly row?: Row }

/** A call of ours, but for what it says. */
export const OWN_CALL = {
  kind: 'call',
  shape: 'recount',
  title: "Recount's own lines",
  why: '`recount` is 1 and `event` is llm_call',
  sources: [],
} as const
const MAPPED = { shape: 'map', title: 'named by map', why: 'a mapped field is there' }

/**
 * Tells what the parsed values of one file are: our own lines, known shapes, what can be inferred,
 * then maps. A value may have to wait for others, and may be a document of several records.
 */
export class FileRecogniser {
  readonly #maps: readonly FieldMap[]
  readonly #matched: (map: FieldMap) => void
  readonly #foreign: ForeignReader

  /** `matched` is called for each map that finds something; `known` are units that earlier runs concluded. */
  constructor(
    maps: readonly FieldMap[],
    matched: (map: FieldMap) => void,
    known: readonly KnownUnit[] = [],
  ) {
    this.#foreign = new ForeignReader(known)
    this.#maps = maps
    this.#matched = matched
  }

  /** What was concluded from values: units of time and money. */
  get inferences(): readonly Inference[] {
    return this.#foreign.inferences
  }

  recognise(value: unknown, line: number): Recognised[] {
    if (!isRow(value)) return [{ kind: 'other', reason: 'not_an_object' }]
    if (Object.hasOwn(value, 'recount')) return [this.#recogniseOurs(value, line)]
    if (isRow(value.as_read)) return [readBefore(value.as_read, line)]
    return this.#foreign.read(value, line).map((record) => this.#recogniseForeign(record))
  }

  /** The file is over: what still waited. */
  end(): Recognised[] {
    return this.#foreign.end().map((record) => this.#recogniseForeign(record))
  }

  #recogniseForeign(record: ForeignRecord): Recognised {
    if (record.kind === 'own') return this.#recogniseOurs(record.row, record.line)
    return record.kind === 'call' ? this.#mappedCall(record) : this.#mappedOther(record)
  }

  #mappedCall({ row, sources, unreadable, ...call }: ForeignCall): Recognised {
    const found = [...sources]
    const missed = [...unreadable]
    const noted = (key: string, path: string) => found.push([key, path])
    const unread = (key: string, path: string) => missed.push([key, path])
    applyMaps(this.#maps, row, call.reading, noted, unread, this.#matched)
    return { ...call, sources: found, unreadable: missed }
  }

  #mappedOther({ row, line }: { readonly row: Row; readonly line: number }): Recognised {
    const reading: Reading = {}
    const sources: [string, string][] = []
    const noted = (key: string, path: string) => sources.push([key, path])
    const unreadable: [string, string][] = []
    const unread = (key: string, path: string) => unreadable.push([key, path])
    if (!applyMaps(this.#maps, row, reading, noted, unread, this.#matched)) {
      if (isTranscriptLine(row)) return { kind: 'other', reason: 'transcript_line' }
      return { kind: 'other', reason: isLogLine(row) ? 'other_log_line' : 'unknown_shape', row }
    }
    return { kind: 'call', reading, ...MAPPED, line, sources, unreadable }
  }

  #recogniseOurs(row: Row, line: number): Recognised {
    const other = notACall(row)
    if (other !== undefined) return other
    const sources: [string, string][] = []
    let reading: Reading = row
    if (this.#maps.length > 0) {
      reading = { ...row }
      const noted = (key: string, path: string) => sources.push([key, path])
      applyMaps(this.#maps, row, reading, noted, () => {}, this.#matched)
    }
    return { ...OWN_CALL, reading, line, sources }
  }
}

/** A store hands out what it has read from logs of others as it was read. */
function readBefore({ shape, reading }: Row, line: number): Recognised {
  if (typeof shape !== 'string' || !isRow(reading))
    return { kind: 'other', reason: 'unknown_shape' }
  const told = { title: 'logs of others, in a store', why: 'a store says how it was read' }
  return { kind: 'call', reading, shape, ...told, line, sources: [] }
}

function notACall(row: Row): Recognised | undefined {
  if (row.recount !== 1) return { kind: 'other', reason: 'unknown_version' }
  if (row.event === 'llm_call_started') {
    if (typeof row.span_id !== 'string') return { kind: 'other', reason: 'start_line' }
    return { kind: 'start', spanId: row.span_id, time: toEpoch(row.time, 'ms'), level: row.level }
  }
  if (row.event === 'content') return { kind: 'other', reason: 'content' }
  return row.event === 'llm_call' ? undefined : { kind: 'other', reason: 'other_event', row }
}

/** What pino writes on every line, and loggers like it. */
function isLogLine(row: Row): boolean {
  const has = (key: string) => Object.hasOwn(row, key)
  return has('level') && has('time') && (has('msg') || has('pid'))
}

import { FileInference, type Inference, type KnownUnit } from '../infer/file-inference.ts'
import type { Layout } from '../infer/layout.ts'
import { carriedRecord } from './carried.ts'
import { KNOWN_SHAPES } from './known-shapes.ts'
import { LLM_REQUEST_SHAPE } from './llm-request.ts'
import { plainSpan } from './otel-js.ts'
import { lookUp, type Row } from './paths.ts'
import { holds, isKeptOut, matchShape, type Reading, readShape, takeSource } from './read-shape.ts'
import type { Clue, LogShape } from './shape.ts'
import { plainAttributes, unpacked } from './unpack.ts'
import { unwrapped, withTexts } from './unwrap.ts'

/** What a foreign record turned out to be. */
export type ForeignRecord =
  | ForeignCall
  /** A record of ours that something else is around. */
  | { readonly kind: 'own'; readonly row: Row; readonly line: number }
  | { readonly kind: 'other'; readonly row: Row; readonly line: number }

/** A model call in somebody else's log. */
export interface ForeignCall {
  readonly kind: 'call'
  /** The call in our keys. */
  readonly reading: Reading
  /** The record itself, without wrappers. */
  readonly row: Row
  readonly line: number
  /** Name and title of the shape; `inferred` where none is known. */
  readonly shape: string
  readonly title: string
  /** By what it was recognised. */
  readonly why: string
  /** For each key of ours the path that it was found at. */
  readonly sources: readonly (readonly [key: string, path: string])[]
  /** The same of values that were there and could not be read. */
  readonly unreadable: readonly (readonly [key: string, path: string])[]
}

/** Records from which units are judged at most; they wait until then. */
const MAX_WAITING = 400
const INFERRED = {
  name: 'inferred',
  title: 'lines of their own kind, read by the names of their keys',
}

/** Of many requests: they have the sum of their tokens. */
const JOBS: readonly unknown[] = ['batch', 'fine_tuning.job']

type Pair = readonly [key: string, path: string]

interface Waiting {
  readonly row: Row
  readonly line: number
  readonly layout: Layout
  readonly clues: readonly Clue[]
}

/**
 * Reads the foreign records of one file: known shapes by their data, others by what their keys are
 * called and which values they have. A record may have to wait until its units can be judged; then a
 * later call of `read`, or `end`, gives it back.
 */
export class ForeignReader {
  readonly #inference: FileInference
  readonly #context: Reading = {}
  #waiting: Waiting[] = []
  /** What the last record says of all calls before it. */
  #total = ''

  /** `known` are units that were concluded of the same logs before. */
  constructor(known: readonly KnownUnit[] = []) {
    this.#inference = new FileInference(known)
  }

  /** What was concluded from values: units of time and money. */
  get inferences(): readonly Inference[] {
    return this.#inference.inferences
  }

  /** Whether records wait. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** What this record is, or its parts where it is a document of many, and records that waited for it. */
  read(row: Row, line: number): ForeignRecord[] {
    const found = this.#readOwn(row, line) ?? this.#readRow(row, line)
    if (found !== undefined) return found
    const parts = unpacked(row)
    if (parts === undefined) return [{ kind: 'other', row, line }]
    const inner = parts.map((part) => this.#readOwn(part, line) ?? this.#readRow(part, line))
    if (inner.every((records) => records === undefined) && !isOtlp(row))
      return [{ kind: 'other', row, line }]
    return inner.flatMap((records, i): ForeignRecord[] => {
      return records ?? [{ kind: 'other', row: parts[i] as Row, line }]
    })
  }

  /** The file is over: what still waited. */
  end(): ForeignRecord[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.#inference.judge(waiting)
    return waiting.map((one) => this.#finish(one))
  }

  #readOwn(row: Row, line: number): ForeignRecord[] | undefined {
    const own = carriedRecord(row)
    return own === undefined ? undefined : [{ kind: 'own', row: own, line }]
  }

  /** Undefined when it is no call in any way; an empty list while it waits. */
  #readRow(original: Row, line: number): ForeignRecord[] | undefined {
    const row = plainSpan(plainAttributes(original))
    if (JOBS.includes(row.object)) return [{ kind: 'other', row, line }]
    for (const candidate of unwrapped(row)) {
      for (const shape of KNOWN_SHAPES) {
        const found = this.#readKnown(shape, candidate, line)
        if (found !== undefined) return found
      }
    }
    for (const candidate of unwrapped(row)) {
      const found = this.#readOpen(LLM_REQUEST_SHAPE, candidate, line)
      if (found !== undefined) return found
    }
    for (const candidate of withTexts(row)) {
      const found = this.#readInferred(candidate, line)
      if (found !== undefined) return found
    }
    return undefined
  }

  #readKnown(shape: LogShape, row: Row, line: number): ForeignRecord[] | undefined {
    const { context } = shape
    if (this.#takeContext(shape, row)) return [{ kind: 'other', row, line }]
    if (shape.open) return this.#readOpen(shape, row, line)
    const found = matchShape(shape, row)
    if (found === undefined) return isOther(shape, row) ? [{ kind: 'other', row, line }] : undefined
    if (shape.total !== undefined && this.#isRepeated(lookUp(row, shape.total)))
      return [{ kind: 'other', row, line }]
    const sources: Pair[] = []
    const unreadable: Pair[] = []
    const noted = (key: string, path: string) => sources.push([key, path])
    const unread = (key: string, path: string) => unreadable.push([key, path])
    const reading = readShape(shape, row, noted, unread)
    if (context !== undefined) Object.assign(reading, { ...this.#context, ...reading })
    const { name, title } = shape
    const told = { shape: name, title, why: whyOf(found), sources, unreadable }
    return [{ kind: 'call', reading, row, line, ...told }]
  }

  /** Whether a record says something of the calls that follow. */
  #takeContext({ context }: LogShape, row: Row): boolean {
    if (context?.when.every((clue) => holds(clue, row)) !== true) return false
    for (const [key, sources] of Object.entries(context.fields)) {
      for (const source of sources) if (takeSource(this.#context, key, source, row)) break
    }
    return true
  }

  #isRepeated(total: unknown): boolean {
    const text = total === undefined ? '' : JSON.stringify(total)
    const isSame = text !== '' && text === this.#total
    this.#total = text
    return isSame
  }

  #readOpen(shape: LogShape, row: Row, line: number): ForeignRecord[] | undefined {
    const clues = matchShape(shape, row)
    if (clues === undefined) return undefined
    return this.#take({ row, line, clues, layout: this.#inference.layout(row, shape) })
  }

  #readInferred(row: Row, line: number): ForeignRecord[] | undefined {
    const layout = this.#inference.layout(row, undefined)
    if (!layout.hopeful) return undefined
    return this.#take({ row, line, layout, clues: [] })
  }

  #take(one: Waiting): ForeignRecord[] | undefined {
    if (!this.#inference.isOpen(one.layout)) {
      const record = this.#finish(one)
      return record.kind === 'call' ? [record] : undefined
    }
    this.#waiting.push(one)
    return this.#waiting.length >= MAX_WAITING ? this.end() : []
  }

  #finish({ row, line, layout, clues }: Waiting): ForeignRecord {
    const sources: Pair[] = []
    const unreadable: Pair[] = []
    const noted = (key: string, path: string) => sources.push([key, path])
    const unread = (key: string, path: string) => unreadable.push([key, path])
    const reading = this.#inference.read({ row, line, layout }, noted, unread)
    if (reading === undefined) return { kind: 'other', row, line }
    const { name, title } = layout.base ?? INFERRED
    const why = clues.length > 0 ? whyOf(clues) : namesOf(sources)
    return { kind: 'call', reading, row, line, shape: name, title, why, sources, unreadable }
  }
}

/** A record of this system that is no call: no other shape is asked. */
function isOther(shape: LogShape, row: Row): boolean {
  const isOne = shape.calls.some((list) => list.every((clue) => holds(clue, row)))
  return isOne && isKeptOut(shape, row)
}

function isOtlp(row: Row): boolean {
  return ['resourceSpans', 'resource_spans', 'resourceLogs'].some((key) => Object.hasOwn(row, key))
}

function whyOf(clues: readonly Clue[]): string {
  return clues.map(describe).join(' and ')
}

function describe({ path, is }: Clue): string {
  if (typeof is !== 'string') return `\`${path}\` is ${is.join(' or ')}`
  return is === 'set' ? `\`${path}\` is set` : `\`${path}\` is a ${is.replace('-', ' ')}`
}

/** The keys by which a record of no known shape is a call. */
function namesOf(sources: readonly (readonly [string, string])[]): string {
  const telling = ['model', 'input_tokens', 'output_tokens', 'duration_ms']
  const paths = telling.flatMap((key) =>
    sources.filter(([ours]) => ours === key).map(([, path]) => path),
  )
  return `${paths.map((path) => `\`${path}\``).join(', ')} ${paths.length === 1 ? 'is' : 'are'} named as in a model call`
}

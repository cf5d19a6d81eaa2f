import { LLM_REQUEST_SHAPE } from '../shapes/llm-request.ts'
import { lookUp, type Row } from '../shapes/paths.ts'
import {
  endingOf,
  holds,
  isSet,
  type Noted,
  type Reading,
  readShape,
  takeSource,
  tellUnread,
} from '../shapes/read-shape.ts'
import type { LogShape, Source, TimeUnit } from '../shapes/shape.ts'
import { toEpoch, toMilliseconds, toNumber } from '../shapes/times.ts'
import { isCall, isNoCall, likenessOf } from './call-likeness.ts'
import type { Candidate } from './candidates.ts'
import { type Layout, layoutOf } from './layout.ts'
import { signatureOf } from './leaves.ts'
import { judgeMoney } from './prices.ts'
import { judgeUnit, type LengthSample } from './units.ts'

/** Something that was concluded from values, not from a name. */
export interface Inference {
  /** Our key. */
  readonly key: string
  readonly path: string
  /** A unit of time, a factor to dollars, or null where it cannot be told: then the value is left out. */
  readonly unit: string | null
  readonly why: string
  /** There where nothing but the size of the values tells it. */
  readonly isGuess?: true
  /** First and last line that was looked at, and how many. */
  readonly lines: { readonly first: number; readonly last: number; readonly count: number }
}

/** A unit that was concluded, as an inference names it. */
export type KnownUnit = Pick<Inference, 'key' | 'path'> & { readonly unit: string }

interface Seen {
  readonly row: Row
  readonly line: number
  readonly layout: Layout
}

/** Layouts that are remembered; records with ever new keys are looked at anew. */
const MAX_LAYOUTS = 1_000

/** What is concluded about the records of one file: which key is where, and in which unit. */
export class FileInference {
  readonly #layouts = new Map<string, Layout>()
  readonly #sources = new Map<string, Source | null>()
  readonly #inferences = new Map<string, Inference>()
  readonly #used = new Set<string>()

  /** `known` is what was concluded of the same logs before. */
  constructor(known: readonly KnownUnit[] = []) {
    for (const { key, path, unit } of known) {
      const scale = SCALES.get(unit)
      const source = scale === undefined ? { path, unit: unit as TimeUnit } : { path, scale }
      this.#sources.set(`${key} ${path}`, source)
    }
  }

  /** What was concluded from values for the calls that were read. */
  get inferences(): readonly Inference[] {
    const used = [...this.#inferences]
      .filter(([id]) => this.#used.has(id))
      .map(([, found]) => found)
    // The same value is in its wrapper, too.
    const isTwice = ({ key, path }: Inference) =>
      used.some((other) => other.key === key && path.endsWith(`.${other.path}`))
    return used.filter((one) => !isTwice(one))
  }

  layout(row: Row, base: LogShape | undefined): Layout {
    const signature = `${base?.name ?? ''} ${signatureOf(row)}`
    const known = this.#layouts.get(signature)
    if (known !== undefined) return known
    if (this.#layouts.size >= MAX_LAYOUTS) this.#layouts.clear()
    const layout = layoutOf(row, base)
    this.#layouts.set(signature, layout)
    return layout
  }

  /** Whether units have to be judged from more records before this one can be read. */
  isOpen({ candidates, hopeful }: Layout): boolean {
    return (
      hopeful &&
      candidates.some((candidate) => needsValues(candidate) && !this.#isJudged(candidate))
    )
  }

  /** Judges all units that these records leave open. */
  judge(seen: readonly Seen[]): void {
    const open = new Map<string, Candidate>()
    for (const { layout } of seen) {
      for (const candidate of layout.candidates) {
        if (needsValues(candidate) && !this.#isJudged(candidate))
          open.set(idOf(candidate), candidate)
      }
    }
    // The whole first: it is told by tokens and times, and a first token by the whole.
    const order = ['duration_ms', 'ttft_ms', 'cost_usd']
    const sorted = [...open.values()].sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
    for (const candidate of sorted) this.#judgeOne(candidate, seen)
  }

  /** The record in our keys; undefined where it is no call. */
  read({ row, layout }: Seen, noted: Noted, unread: Noted): Reading | undefined {
    if (!layout.hopeful) return undefined
    const notes: [string, string][] = []
    const note = (key: string, path: string) => notes.push([key, path])
    const { base, candidates, endings } = layout
    const missed = new Map<string, string>()
    const miss = (key: string, path: string) => missed.set(key, missed.get(key) ?? path)
    const reading = base === undefined ? {} : readShape(base, row, note, miss)
    for (const candidate of candidates) this.#takeCandidate(reading, candidate, row, note, miss)
    readEnding(reading, endings, row, note)
    const isTold = notes.some(([key]) => key === 'status')
    const finish = notes.find(([key]) => key === 'finish_reason')
    if (reading.status === 'ok' && !isTold && finish !== undefined) note('status', finish[1])
    if (!isOne(reading, layout, row)) return undefined
    for (const [key, path] of notes) noted(key, path)
    for (const [key, path] of missed) if (reading[key] === undefined) unread(key, path)
    for (const candidate of candidates) this.#used.add(idOf(candidate))
    return reading
  }

  #takeCandidate(
    reading: Reading,
    candidate: Candidate,
    row: Row,
    noted: Noted,
    missed: Noted,
  ): void {
    const { key } = candidate
    const source = reading[key] === undefined ? this.#sourceOf(candidate) : null
    if (source === null) return
    if (takeSource(reading, key, source, row)) noted(key, source.path)
    else tellUnread(key, [source], row, missed)
  }

  #isJudged(candidate: Candidate): boolean {
    return this.#sources.has(idOf(candidate))
  }

  #sourceOf(candidate: Candidate): Source | null {
    if (needsValues(candidate)) return this.#sources.get(idOf(candidate)) ?? null
    const { path, unit, scale } = candidate
    if (scale === null) return null
    const plus = candidate.key === 'input_tokens' ? countedApart(path) : []
    return {
      path,
      ...(plus.length === 0 ? {} : { plus }),
      ...(unit === undefined || unit === 'in-value' ? {} : { unit }),
      ...(scale === undefined ? {} : { scale }),
    }
  }

  #judgeOne(candidate: Candidate, seen: readonly Seen[]): void {
    const { key, path, kind } = candidate
    const having = seen.filter(
      ({ row, layout }) => layout.hopeful && toNumber(lookUp(row, path)) !== null,
    )
    const lines = {
      first: having[0]?.line ?? 0,
      last: having.at(-1)?.line ?? 0,
      count: having.length,
    }
    if (kind === 'money') {
      const { scale, why } = judgeMoney(having.map((one) => this.#costSample(one, path)))
      this.#sources.set(idOf(candidate), scale === undefined ? null : { path, scale })
      const unit = scale === undefined ? null : moneyName(scale)
      this.#inferences.set(idOf(candidate), { key, path, unit, why, lines })
      return
    }
    const samples = having.map((one) => this.#lengthSample(one, candidate))
    const { unit = null, ...rest } = judgeUnit(samples)
    this.#sources.set(idOf(candidate), unit === null ? null : { path, unit })
    this.#inferences.set(idOf(candidate), { key, path, unit, lines, ...rest })
  }

  #costSample(seen: Seen, path: string): { value: number; tokens: number } {
    const input = toNumber(this.#valueOf(seen, 'input_tokens')) ?? 0
    const output = toNumber(this.#valueOf(seen, 'output_tokens')) ?? 0
    return { value: toNumber(lookUp(seen.row, path)) ?? 0, tokens: input + output }
  }

  #lengthSample(seen: Seen, { key, path }: Candidate): LengthSample {
    const isWhole = key === 'duration_ms'
    const start = toEpoch(this.#valueOf(seen, 'start_time'))
    const end = toEpoch(this.#valueOf(seen, 'end_time'))
    const other = toMilliseconds(this.#valueOf(seen, isWhole ? 'ttft_ms' : 'duration_ms'))
    const known = other === null || other === 0 ? undefined : other
    return {
      value: toNumber(lookUp(seen.row, path)) ?? 0,
      spanMs: isWhole && start !== null && end !== null ? end - start : undefined,
      outputTokens: isWhole
        ? (toNumber(this.#valueOf(seen, 'output_tokens')) ?? undefined)
        : undefined,
      wholeMs: isWhole ? undefined : known,
      partMs: isWhole ? known : undefined,
    }
  }

  /** What a record says for a key, as far as its unit is known. */
  #valueOf({ row, layout }: Seen, key: string): unknown {
    const reading: Reading = {}
    const sources = layout.base?.fields[key] ?? []
    for (const source of sources) if (takeSource(reading, key, source, row)) return reading[key]
    for (const candidate of layout.candidates) {
      if (candidate.key !== key) continue
      const source = this.#sourceOf(candidate)
      if (source !== null && takeSource(reading, key, source, row)) return reading[key]
    }
    return undefined
  }
}

/** Whether a record is a call: answers of providers are, others say so by what they tell. */
function isOne(reading: Reading, { base, endings, likeness }: Layout, row: Row): boolean {
  if (base === undefined) {
    const succeeded = endings.succeeded.some((clue) => holds(clue, row))
    return isCall(reading, likenessOf(likeness, row), succeeded)
  }
  return base !== LLM_REQUEST_SHAPE || !isNoCall(reading, likenessOf(likeness, row))
}

/** Who says `input_tokens` beside these counts cached tokens apart, as Anthropic does. */
function countedApart(path: string): string[] {
  const [, prefix] = /^(.*\.)?input_tokens$/.exec(path) ?? []
  if (!path.endsWith('input_tokens') || path.endsWith('_input_tokens')) return []
  return ['cache_creation_input_tokens', 'cache_read_input_tokens'].map(
    (key) => `${prefix ?? ''}${key}`,
  )
}

function idOf({ key, path }: Candidate): string {
  return `${key} ${path}`
}

function needsValues({ kind, unit, scale, named }: Candidate): boolean {
  if (kind === 'length') return unit === undefined
  return kind === 'money' && named === false && scale !== null
}

const MONEY_NAMES: Readonly<Record<string, string>> = {
  1: 'usd',
  0.01: 'cents',
  1e-6: 'millionths of a dollar',
}

const SCALES: ReadonlyMap<string, number> = new Map(
  Object.entries(MONEY_NAMES).map(([scale, name]) => [name, Number(scale)]),
)

function moneyName(scale: number): string {
  return MONEY_NAMES[scale] ?? `usd × ${scale}`
}

function readEnding(reading: Reading, endings: Layout['endings'], row: Row, note: Noted): void {
  const own = endingOf(endings, row)
  const first = reading.status
  const level = endings.levels.find((clue) => holds(clue, row))
  if (level !== undefined && own === undefined) {
    reading.status = 'error'
    note('status', level.path)
  } else if (own !== undefined && tellsMore(own.status, first)) {
    reading.status = own.status
    // The shape has named its own key.
    if (first === undefined || first !== own.status) note('status', own.path)
  } else if (first === undefined && isSet(reading.finish_reason)) {
    reading.status = 'ok'
  }
  if (reading.status !== 'error' || reading.error_type !== undefined) return
  const path = endings.errorTypes.find((candidate) => isTypeName(candidate, lookUp(row, candidate)))
  if (path === undefined) return
  reading.error_type = lookUp(row, path)
  note('error_type', path)
}

/** Whether an ending says more than that by the shape: anything more than `ok`, a failure more than a word that is none. */
function tellsMore(own: unknown, first: unknown): boolean {
  if (first === undefined || first === 'ok') return true
  return first !== 'error' && first !== 'aborted' && (own === 'error' || own === 'aborted')
}

const TYPE_PATH = /(?:type|class|name|kind|code)$/i
const TYPE_VALUE = /^(?:\d{3}|[A-Za-z][\w.]*(?:Error|Exception|Timeout|Failure|_\w+))$/

/** A name of a kind of error: where the key does not say that it is one, the value must look like it, for messages have what people wrote. */
function isTypeName(path: string, value: unknown): boolean {
  const text = typeof value === 'number' && value !== 0 ? String(value) : value
  if (typeof text !== 'string' || text === '' || text.length > 120) return false
  return TYPE_PATH.test(path) || TYPE_VALUE.test(text)
}

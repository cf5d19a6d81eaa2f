import type { AnyRecord } from '@recount/record'
import { type AuditRow, auditRowOf } from '../records/audit-row.ts'
import { faultOf } from '../records/valid.ts'
import type { Store } from '../store.ts'
import { CallStarts } from './call-starts.ts'
import { ForeignRecords } from './foreign-records.ts'

/** What was read, and what became of it. */
export interface IndexCounts {
  files: number
  lines: number
  bytes: number
  added: number
  known: number
  erased: number
  pruned: number
  /** Ours, and not valid. */
  invalid: number
  /** Neither ours nor calls of another shape. */
  other: number
  /** No JSON. */
  malformed: number
  /** A last line without its line end that is no whole record. */
  cut: number
}

/** Nothing read yet. */
export function noCounts(): IndexCounts {
  const read = { files: 0, lines: 0, bytes: 0, other: 0, malformed: 0, cut: 0 }
  return { ...read, added: 0, known: 0, erased: 0, pruned: 0, invalid: 0 }
}

/** A line that is not in the store, though `analyze` may count what it can read of it. */
export interface RefusedLine {
  /** From 1; of a document the record. */
  readonly line: number
  /** The key that breaks the format, and the rule; or that it is no JSON. Never what the line says. */
  readonly reason: string
}

const MOST_RECORDS = 1000
const MOST_LETTERS = 4_000_000

/** Collects records of a file and hands them to a store, many at a time, with the place up to which they reach. */
export class RecordBatch {
  readonly #store: Store
  readonly #counts: IndexCounts
  readonly #foreign = new ForeignRecords()
  readonly #starts: CallStarts
  readonly #name: string | undefined
  readonly #onRefused: (line: RefusedLine) => void
  #records: AnyRecord[] = []
  /** The line of each record, of ours. */
  #lines: number[] = []
  #audit: AuditRow[] = []
  #letters = 0

  constructor(
    store: Store,
    counts: IndexCounts,
    name: string | undefined,
    onRefused: (line: RefusedLine) => void = () => {},
  ) {
    this.#onRefused = onRefused
    this.#store = store
    this.#starts = new CallStarts(store)
    this.#counts = counts
    this.#name = name
  }

  get isFull(): boolean {
    const length = this.#records.length + this.#audit.length
    return length >= MOST_RECORDS || this.#letters >= MOST_LETTERS
  }

  /** A whole line that is no JSON. */
  refuse(line: number): void {
    this.#counts.malformed += 1
    this.#onRefused({ line, reason: 'no JSON' })
  }

  /** Takes a value of so many letters that ends at a place. */
  add(value: unknown, place: number, line: number, letters = 0): void {
    this.#letters += letters
    const before = this.#records.length
    this.#take(value, place)
    for (let i = before; i < this.#records.length; i++) this.#lines.push(line)
  }

  #take(value: unknown, place: number): void {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'recount')) {
      this.#records.push(value as AnyRecord)
      return
    }
    const entry = auditRowOf(value)
    if (entry !== undefined) {
      this.#audit.push(entry)
      return
    }
    const records = this.#foreign.read(value, place)
    if (records.length === 0 && !this.#foreign.isWaiting) this.#counts.other += 1
    this.#records.push(...records)
  }

  /** The file is over: lines of other shapes wait for no more. */
  end(): void {
    const records = this.#foreign.end()
    this.#records.push(...records)
    this.#lines.push(...records.map(() => 0))
  }

  async flush(at: string | undefined): Promise<void> {
    const records = this.#records
    const lines = this.#lines
    const audit = this.#audit
    this.#records = []
    this.#lines = []
    this.#audit = []
    this.#letters = 0
    const position =
      at === undefined || this.#name === undefined || this.#foreign.isWaiting
        ? {}
        : { position: { name: this.#name, at } }
    if (records.length + audit.length === 0 && position.position === undefined) return
    await this.#starts.settle(records)
    const became = await this.#store.ingest(records, { ...position, audit })
    for (const key of ['added', 'known', 'erased', 'pruned', 'invalid'] as const)
      this.#counts[key] += became[key]
    if (became.invalid > 0) this.#tellRefused(records, lines)
  }

  #tellRefused(records: readonly AnyRecord[], lines: readonly number[]): void {
    for (const [i, record] of records.entries()) {
      const reason = faultOf(record)
      if (reason !== undefined) this.#onRefused({ line: lines[i] ?? 0, reason })
    }
  }
}

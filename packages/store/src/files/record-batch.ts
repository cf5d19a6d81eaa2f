import type { AnyRecord } from '@recount/record'
import { type AuditRow, auditRowOf } from '../records/audit-row.ts'
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

const MOST_RECORDS = 1000
const MOST_LETTERS = 4_000_000

/** Collects records of a file and hands them to a store, many at a time, with the place up to which they reach. */
export class RecordBatch {
  readonly #store: Store
  readonly #counts: IndexCounts
  readonly #foreign = new ForeignRecords()
  readonly #starts: CallStarts
  readonly #name: string | undefined
  #records: AnyRecord[] = []
  #audit: AuditRow[] = []
  #letters = 0

  constructor(store: Store, counts: IndexCounts, name: string | undefined) {
    this.#store = store
    this.#starts = new CallStarts(store)
    this.#counts = counts
    this.#name = name
  }

  get isFull(): boolean {
    const length = this.#records.length + this.#audit.length
    return length >= MOST_RECORDS || this.#letters >= MOST_LETTERS
  }

  /** Takes the text of a line that ends there; false where it is no JSON. */
  addText(text: string, place: number): boolean {
    const value = parsed(text)
    if (value === undefined) return false
    this.#letters += text.length
    this.add(value, place)
    return true
  }

  add(value: unknown, place: number): void {
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
    this.#records.push(...this.#foreign.end())
  }

  async flush(at: string | undefined): Promise<void> {
    const records = this.#records
    const audit = this.#audit
    this.#records = []
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
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

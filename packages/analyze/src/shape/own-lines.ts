import type { Reading } from '@recount/record/shapes'
import { LineScanner, SCAN_MARGIN } from '../input/line-scanner.ts'
import { LineRun } from '../input/lines.ts'
import type { ScanKeys } from '../input/scan-keys.ts'
import { NUMBER, OBJECT, ownKeys, TEXT } from './own-keys.ts'

/** What a line of ours is: `told` are events of which only the level is counted. */
export type OwnKind = 'call' | 'start' | 'content' | 'told'

/** Events of which more is counted than the level: they are parsed. */
const PARSED = [
  ...['validation', 'user_action', 'evaluation', 'final_response', 'tool_call', 'retrieval'],
]
/** Shorter content is looked at whole as quickly as it is skipped. */
const CONTENT_MIN_BYTES = 512
/** Lines that are looked at by the scanner though none before them was ours; then only one of so many. */
const PATIENCE = 16
const CLOSE_OBJECT = 0x7d
const CARRIAGE_RETURN = 0x0d

/**
 * Reads our own lines without parsing them: only what is counted, and what groups are made by. Of
 * everything else, and of a line of which it cannot be sure, it says nothing.
 */
export class OwnLines {
  readonly scanner: LineScanner
  readonly #keys: ScanKeys
  readonly #kinds = new Map<number, OwnKind | undefined>()
  #epoch = -1
  #bytes: Buffer = Buffer.alloc(0)
  #lineEnd = 0
  #patience = PATIENCE

  /** `by` are the keys of groups. */
  constructor(by: readonly string[]) {
    this.#keys = ownKeys(by)
    this.scanner = new LineScanner(this.#keys, 'content')
  }

  /** Where the line end of the line that was read stands. */
  get lineEnd(): number {
    return this.#lineEnd
  }

  /** The bytes in which it stands. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Whether a line of ours came lately: of a log of others only the first lines are looked at. */
  get isPatient(): boolean {
    return this.#patience > 0
  }

  /** What the next line is; undefined where it has to be parsed. */
  read(run: LineRun): OwnKind | undefined {
    if (!this.#isLookedAt()) return undefined
    if (this.#bytes !== run.bytes) {
      this.#bytes = run.bytes
      this.scanner.use(run.bytes)
    }
    const { scanner } = this
    this.#lineEnd = scanner.scan(run.at)
    if (scanner.numbers[NUMBER.recount] !== 1) {
      this.#patience -= 1
      return undefined
    }
    this.#patience = PATIENCE
    if (scanner.stopped) return this.#content(run)
    return this.#lineEnd === -1 ? undefined : this.#kindOf(scanner.texts[TEXT.event] as number)
  }

  /** What is needed of a call. */
  reading(): Reading {
    const { scanner } = this
    const reading: Reading = {}
    for (const [i, key] of this.#keys.texts.entries()) {
      reading[key] = scanner.text(scanner.texts[i] as number)
    }
    for (const [i, key] of this.#keys.ids.entries()) reading[key] = this.id(i)
    for (const [i, key] of this.#keys.numbers.entries()) {
      const number = scanner.numbers[i]
      if (!Number.isNaN(number)) reading[key] = number
    }
    const isOk = reading.status === 'ok'
    for (const [i, key] of this.#keys.nested.entries()) {
      // Only a call that did not end well is asked for what it failed of.
      if (isOk && (i === OBJECT.error || i === OBJECT.diagnosis)) continue
      const value = scanner.value(i)
      if (value !== undefined) reading[key] = value
    }
    return reading
  }

  /** A text that differs on every line, by its place among the ids. */
  id(index: number): string | undefined {
    const [from = -1, to = -1] = this.scanner.ids.subarray(index * 2, index * 2 + 2)
    return from === -1 ? undefined : this.#bytes.toString('utf8', from, to)
  }

  #isLookedAt(): boolean {
    if (this.#patience > 0) return true
    this.#patience -= 1
    if (this.#patience > -PATIENCE) return false
    this.#patience = 1
    return true
  }

  #content(run: LineRun): OwnKind | undefined {
    const lineEnd = this.#bytes.indexOf(10, run.at)
    const last = this.#bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 2 : lineEnd - 1
    // Told by the head and the last byte, so that prompts and answers need not be read.
    if (last - run.at < CONTENT_MIN_BYTES || this.#bytes[last] !== CLOSE_OBJECT) return undefined
    this.#lineEnd = lineEnd
    return 'content'
  }

  #kindOf(event: number): OwnKind | undefined {
    if (this.#epoch !== this.scanner.epoch) {
      this.#epoch = this.scanner.epoch
      this.#kinds.clear()
    }
    if (this.#kinds.has(event)) return this.#kinds.get(event)
    const kind = kindOf(this.scanner.text(event))
    this.#kinds.set(event, kind)
    return kind
  }
}

/** The same of a single line: a copy with its end and what has to follow. */
export function runOf(bytes: Buffer, number: number): LineRun {
  const run = new LineRun(number)
  run.bytes = Buffer.allocUnsafe(bytes.length + 1 + SCAN_MARGIN)
  run.bytes.set(bytes)
  run.bytes[bytes.length] = 10
  run.end = bytes.length + 1
  return run
}

function kindOf(event: string | undefined): OwnKind | undefined {
  if (event === 'llm_call') return 'call'
  if (event === 'llm_call_started') return 'start'
  return event !== undefined && PARSED.includes(event) ? undefined : 'told'
}

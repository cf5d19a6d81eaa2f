import { type ReadOptions, readLent } from './chunks.ts'
import { ElementSplitter } from './elements.ts'
import type { Input } from './inputs.ts'
import { type Line, type LineRun, LineSplitter } from './lines.ts'
import { ObjectSplitter } from './objects.ts'

/** The form a file has: JSON Lines, JSON arrays of records, or objects over several lines each. */
export type Form = 'lines' | 'array' | 'objects'

/** Some entries of a file, in order: single ones, then lines that lie one behind the other. */
export interface Batch {
  readonly form: Form
  readonly entries: readonly Line[]
  /** To be read before the next batch is asked for. */
  readonly run?: LineRun
}

/**
 * The entries of an input in batches: its lines, or, where it begins with `[` and an object, the
 * elements of that array (pretty-printed or not), or, where its first line is a single brace, the
 * objects that follow each other. Several arrays may follow each other; after them
 * lines may follow.
 */
export async function* readEntries(input: Input, options: ReadOptions = {}): AsyncGenerator<Batch> {
  const splitter = new EntrySplitter()
  for await (const chunk of readLent(input, options)) yield* splitter.push(chunk)
  yield* splitter.end()
  if (splitter.unclosed) options.onDamage?.('the JSON array is not closed: the end is missing')
}

/** The lines that a chunk completes. */
export function lineBatch(splitter: LineSplitter, chunk: Buffer): Batch {
  const { first, run } = splitter.split(chunk)
  return { form: 'lines', entries: first === undefined ? [] : [first], run }
}

/** Decides from the first bytes whether entries are lines or array elements. */
export class EntrySplitter {
  #undecided: Buffer = Buffer.alloc(0)
  #lines: LineSplitter | undefined
  #elements: ElementSplitter | undefined
  #objects: ObjectSplitter | undefined
  /** Line on which the undecided bytes begin. */
  #line = 1
  #sawArray = false

  /** Whether the input ended inside an array. */
  get unclosed(): boolean {
    return this.#elements !== undefined
  }

  /** What this chunk completes. */
  push(chunk: Buffer): Batch[] {
    const batches: Batch[] = []
    let rest: Buffer | undefined = chunk
    while (rest !== undefined && rest.length > 0) {
      if (this.#lines) {
        batches.push(lineBatch(this.#lines, rest))
        rest = undefined
      } else if (this.#objects) {
        batches.push({ form: 'objects', entries: this.#objects.push(rest) })
        rest = undefined
      } else if (this.#elements) {
        const { elements, used } = this.#elements.push(rest)
        batches.push({ form: 'array', entries: elements })
        if (this.#elements.closed) this.#leaveArray(this.#elements)
        rest = rest.subarray(used)
      } else {
        rest = this.#decide(rest)
      }
    }
    return batches
  }

  /** What is left when the input has ended. */
  end(): Batch[] {
    if (this.#elements) return [{ form: 'array', entries: this.#elements.end() }]
    if (this.#objects) return [{ form: 'objects', entries: this.#objects.end() }]
    if (this.#sawArray && isBlank(this.#undecided)) return []
    const lines = this.#lines ?? new LineSplitter(this.#line)
    const entries = [...lines.push(this.#undecided), ...lines.end()]
    return [{ form: 'lines', entries }]
  }

  #leaveArray(elements: ElementSplitter): void {
    this.#line = elements.line
    this.#elements = undefined
    this.#sawArray = true
  }

  /** What remains to be read once the form is known; undefined while it is not. */
  #decide(chunk: Buffer): Buffer | undefined {
    const bytes = Buffer.concat([this.#undecided, chunk])
    const form = guessForm(bytes)
    this.#undecided = form === undefined ? bytes : Buffer.alloc(0)
    if (form === undefined) return undefined
    const begin = this.#sawArray || form !== 'lines' ? skipBlank(bytes) : 0
    this.#line += countNewlines(bytes.subarray(0, begin))
    if (form === 'array') {
      this.#elements = new ElementSplitter(this.#line)
      return bytes.subarray(begin + 1)
    }
    if (form === 'objects') this.#objects = new ObjectSplitter(this.#line)
    else this.#lines = new LineSplitter(this.#line)
    return bytes.subarray(begin)
  }
}

const OPENING = /^\s*(?:\[\s*(?:[{\]]|$)|\{[ \t\r]*(?:\n|$)|$)/
const GUESS_BYTES = 64 * 1024

/** The form of a text that begins so; undefined while there is nothing to tell it from. A `[` alone may be `[INFO] …`. */
export function guessForm(bytes: Buffer): Form | undefined {
  const begin = skipBlank(bytes)
  const text = bytes.toString('latin1', begin, begin + GUESS_BYTES)
  const found = OPENING.exec(text)?.[0]
  if (found === undefined || begin > GUESS_BYTES) return 'lines'
  if (/\{[ \t\r]*\n$/.test(found)) return 'objects'
  return /\[\s*[{\]]$/.test(found) ? 'array' : found.length < GUESS_BYTES ? undefined : 'lines'
}

function skipBlank(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length && isBlankByte(bytes[at] as number)) at++
  return at
}

function isBlankByte(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}

/** Whether there is nothing but white space. */
export function isBlank(bytes: Buffer): boolean {
  return skipBlank(bytes) === bytes.length
}

function countNewlines(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === 10) count++
  return count
}

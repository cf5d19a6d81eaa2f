import {
  type JoinedLine,
  type LinePart,
  LineParts,
  recordPart,
  runtimePart,
} from '@recount/record/shapes'
import type { FileLine } from './file-lines.ts'
import type { BegunParts } from './file-position.ts'
import { lineValue } from './line-value.ts'

/** Where a line stands. */
export interface LinePlace {
  /** What tells it apart from an equal one. */
  readonly place: number
  /** From 1. */
  readonly number: number
  /** Where it begins, in bytes. */
  readonly begin: number
}

/** Puts lines of one file together again that a container runtime cut into parts. */
export class FileParts {
  readonly #parts = new LineParts<LinePlace>()

  /** Lines of which more parts are to come. */
  get count(): number {
    return this.#parts.count
  }

  /** Where they begin; undefined where there are none. */
  get begun(): BegunParts | undefined {
    const [first, ...others] = this.#parts.places
    if (first === undefined) return undefined
    const numbers = [first, ...others].map(({ number }) => number)
    return { offset: first.begin, lines: first.number - 1, numbers }
  }

  /** A line that was read before, and whether one begins with it that goes on now. */
  replay({ text, bytes = Buffer.from(text) }: FileLine, at: LinePlace, begins: boolean): void {
    const part = this.#partOf(bytes, lineValue(text))
    if (part !== undefined) this.#parts.take(part, at, begins)
  }

  /** What a line and its value complete, and lines whose parts come too late; undefined where it is whole. */
  take(line: FileLine, value: unknown, at: LinePlace): JoinedLine<LinePlace>[] | undefined {
    const { text, bytes = Buffer.from(text) } = line
    return this.#parts.next(this.#partOf(bytes, value), { place: at, length: text.length, bytes })
  }

  #partOf(bytes: Buffer, value: unknown): LinePart | undefined {
    if (value === undefined) return runtimePart(bytes)
    return recordPart(value) ?? (this.#parts.count === 0 ? undefined : runtimePart(bytes))
  }
}

import {
  type JoinedLine,
  type LinePart,
  LineParts,
  recordPart,
  runtimePart,
} from '@recount/record/shapes'
import { type Entry, parseEntry, SHORTENED_MIN_BYTES } from './entry.ts'
import { isTooLong, type Line } from './lines.ts'
import { MAX_TEXT_BYTES } from './shortened.ts'

/** Puts lines of one file together again that a container runtime cut into parts. */
export class FileParts {
  readonly #parts = new LineParts<number>()

  /** Lines of which more parts are to come. */
  get count(): number {
    return this.#parts.count
  }

  /** Numbers of the lines with which they begin, the first one first. */
  get numbers(): number[] {
    return this.#parts.places
  }

  /** A line that an earlier run has counted, and whether one begins with it that goes on in this run. */
  replay(line: Line, begins: boolean): void {
    const part = this.#partOf(line, parseEntry(line))
    if (part !== undefined) this.#parts.take(part, line.number, begins)
  }

  /** What a line and its entry complete; undefined where it is whole. */
  take(line: Line, entry: Entry): JoinedLine<number>[] | undefined {
    const part = isTooLong(line) ? undefined : this.#partOf(line, entry)
    const { number: place, length, bytes } = line
    return this.#parts.next(part, { place, length, bytes })
  }

  /** The file is over: lines that had begun. */
  end(): JoinedLine<number>[] {
    return this.#parts.end()
  }

  #partOf({ bytes }: Line, entry: Entry): LinePart | undefined {
    if (entry.kind === 'malformed') return runtimePart(bytes)
    if (entry.kind !== 'value') return undefined
    const part = recordPart(entry.value)
    // A line that stands whole behind a prefix has to be known where another is begun.
    if (part === undefined) return this.#parts.count === 0 ? undefined : runtimePart(bytes)
    const isWhole = bytes.length < SHORTENED_MIN_BYTES || part.text.length > MAX_TEXT_BYTES
    return isWhole ? part : recordPart(JSON.parse(bytes.toString()))
  }
}

import type { MalformedExample } from '../report.ts'
import type { Line } from './lines.ts'
import { tableHint } from './other-formats.ts'

const MAX_EXAMPLES = 10
/** Of a line, for a look at what it may be. */
const LOOK_BYTES = 2_000

/** Counts lines that are no JSON, names the first, and tells where all of a file are a table. */
export class MalformedLines {
  readonly examples: MalformedExample[] = []
  #count = 0
  #first: string[] = []

  get count(): number {
    return this.#count
  }

  /** A line of a file that could not be read. */
  add(file: string, line: Line, reason: string): void {
    this.#count += 1
    if (this.examples.length < MAX_EXAMPLES) this.examples.push({ file, line: line.number, reason })
    if (this.#first.length < 2) this.#first.push(line.bytes.toString('utf8', 0, LOOK_BYTES))
  }

  /** A file is over, of which so many lines were something else: what to do with it, where it is a table. */
  hints(file: string, others: number): string[] {
    const hint = others > 0 ? undefined : tableHint(this.#first, file)
    this.#first = []
    return hint === undefined ? [] : [hint]
  }
}

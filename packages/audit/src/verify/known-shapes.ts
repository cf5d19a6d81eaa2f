import type { LineFields } from '../line-fields.ts'
import { scanLine } from '../line-scan.ts'
import { cutLine } from './cut-line.ts'
import { LineShape } from './line-shape.ts'

const MOST_SHAPES = 16
/** A longer line, or one of more values, is read as if it were the first of its kind. */
const MOST_BYTES = 4096
const MOST_VALUES = 128
/** Learning a shape takes as long as reading about 16 lines does; a log whose lines are all of another shape must not take twice as long for it. */
const LINES_A_LESSON = 32
const FIRST_LESSONS = 64

interface KnownShape {
  /** What is between the values. */
  readonly key: string
  readonly shape: LineShape
}

/** Scans a log's lines with what it has learnt from those before: most have the shape of one of them. */
export class KnownShapes {
  /** The most usual tend to be first. */
  readonly #known: KnownShape[] = []
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #lines = 0
  #lessons = 0

  /** The same as `scanLine`. */
  scan(bytes: Buffer, start: number, end: number, fields: LineFields): boolean {
    this.#lines += 1
    const view = this.#viewOf(bytes)
    for (let at = 0; at < this.#known.length; at += 1) {
      if (!this.#known[at]?.shape.matches(bytes, view, start, end, fields)) continue
      if (at > 0) this.#raise(at)
      return true
    }
    if (!scanLine(bytes, start, end, fields)) return false
    if (this.#lessons < FIRST_LESSONS + this.#lines / LINES_A_LESSON && end - start <= MOST_BYTES)
      this.#learn(bytes, start, end, fields)
    return true
  }

  #viewOf(bytes: Buffer): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    return this.#view
  }

  #raise(at: number): void {
    const found = this.#known[at] as KnownShape
    this.#known[at] = this.#known[at - 1] as KnownShape
    this.#known[at - 1] = found
  }

  #learn(bytes: Buffer, start: number, end: number, fields: LineFields): void {
    this.#lessons += 1
    const line = cutLine(bytes, start, end)
    if (line.values.length > MOST_VALUES) return
    const key = line.between.join('\n')
    const known = this.#known.find((one) => one.key === key)
    if (known !== undefined) {
      known.shape.widen(line, fields)
      return
    }
    if (this.#known.length === MOST_SHAPES) this.#known.pop()
    this.#known.push({ key, shape: new LineShape(line, fields) })
  }
}

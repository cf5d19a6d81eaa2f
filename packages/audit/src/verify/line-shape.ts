import type { LineFields } from '../line-fields.ts'
import { valueEnd } from '../line-scan.ts'
import type { CutLine } from './cut-line.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Only such texts are compared eight bytes at a time. */
const PRINTABLE = /^[\x20-\x7e]*$/
const FIELDS = ['action', 'data', 'log', 'prev', 'seq', 'ts', 'v'] as const

/**
 * What lines of one kind have in common, byte for byte: keys and braces, and the values that were always the same. Between these texts
 * stand the values that differ. A line that has the shape of a canonical one is canonical, and its fields are where those of the other are.
 */
export class LineShape {
  /** Null where a value differs. */
  readonly #values: (string | null)[]
  #texts: DataView = new DataView(new ArrayBuffer(0))
  /** Where each text ends. */
  #ends: Int32Array = new Int32Array(0)
  /** Where each text begins in the line that is looked at; behind them 0, for fields that are not there. */
  #starts: Int32Array = new Int32Array(0)
  /** Of each field the beginning and the end: a text, and how far behind its beginning. */
  readonly #places: Int32Array = new Int32Array(4 * FIELDS.length)

  constructor(line: CutLine, fields: LineFields) {
    this.#values = line.values.map((value) => (PRINTABLE.test(value) ? value : null))
    this.#build(line, fields)
  }

  /** Lets a canonical line with the same keys have the shape too: where its value is another, values differ from now on. */
  widen(line: CutLine, fields: LineFields): void {
    for (const [at, value] of line.values.entries())
      if (this.#values[at] !== value) this.#values[at] = null
    this.#build(line, fields)
  }

  /** Whether a line has this shape; fills `fields` if so. `view` is of the same bytes. */
  matches(bytes: Buffer, view: DataView, start: number, end: number, fields: LineFields): boolean {
    const ends = this.#ends
    const last = ends.length - 1
    let at = start
    let from = 0
    for (let index = 0; ; index += 1) {
      const length = (ends[index] as number) - from
      if (at + length > end || !isSame(view, at, this.#texts, from, length)) return false
      this.#starts[index] = at
      at += length
      from += length
      if (index === last) break
      at = endOfValue(bytes, view, at, end)
      if (at < 0) return false
    }
    if (at !== end) return false
    this.#fill(fields)
    return true
  }

  #fill(fields: LineFields): void {
    fields.action = this.#place(0)
    fields.actionEnd = this.#place(1)
    fields.data = this.#place(2)
    fields.dataEnd = this.#place(3)
    fields.log = this.#place(4)
    fields.logEnd = this.#place(5)
    fields.prev = this.#place(6)
    fields.prevEnd = this.#place(7)
    fields.seq = this.#place(8)
    fields.seqEnd = this.#place(9)
    fields.ts = this.#place(10)
    fields.tsEnd = this.#place(11)
    fields.v = this.#place(12)
    fields.vEnd = this.#place(13)
  }

  #place(index: number): number {
    const text = this.#places[2 * index] as number
    return (this.#starts[text] as number) + (this.#places[2 * index + 1] as number)
  }

  #build({ start, between, values }: CutLine, fields: LineFields): void {
    const texts: string[] = []
    const starts: number[] = []
    let text = ''
    let at = start
    for (const [index, part] of between.entries()) {
      text += part
      at += part.length
      const value = values[index]
      const isLast = value === undefined
      if (!isLast && this.#values[index] === value) text += value
      else {
        starts.push(at - text.length)
        texts.push(text)
        text = ''
      }
      at += value?.length ?? 0
    }
    const all = Buffer.from(texts.join(''))
    this.#texts = new DataView(all.buffer, all.byteOffset, all.length)
    let end = 0
    this.#ends = Int32Array.from(texts, ({ length }) => (end += length))
    this.#starts = new Int32Array(texts.length + 1)
    const places = FIELDS.flatMap((name) =>
      [fields[name], fields[`${name}End`]].flatMap((place) =>
        fields[name] === 0 ? [texts.length, 0] : placeOf(place, starts, texts),
      ),
    )
    this.#places.set(places)
  }
}

function placeOf(at: number, starts: readonly number[], texts: readonly string[]): number[] {
  const text = texts.findIndex(({ length }, index) => at <= (starts[index] as number) + length)
  return [text, at - (starts[text] as number)]
}

/** Eight bytes are compared at a time, as doubles: those of printable characters are neither NaN nor zero, so that only equal bytes are equal. */
function isSame(
  view: DataView,
  at: number,
  texts: DataView,
  from: number,
  length: number,
): boolean {
  let done = 0
  for (; done + 8 <= length; done += 8)
    if (view.getFloat64(at + done, true) !== texts.getFloat64(from + done, true)) return false
  for (; done < length; done += 1)
    if (view.getUint8(at + done) !== texts.getUint8(from + done)) return false
  return true
}

/** Behind a value that is no object or array; -1 where there is none that is canonical. */
function endOfValue(bytes: Buffer, view: DataView, start: number, end: number): number {
  if (bytes[start] !== QUOTE) return valueEnd(bytes, start)
  let at = start + 1
  while (at + 4 <= end && isPlain(view.getInt32(at, true))) at += 4
  for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[++at] as number)
    if (!(byte >= 0x20 && byte < 0x80 && byte !== BACKSLASH)) return valueEnd(bytes, start)
  return at + 1
}

/** Whether none of four bytes is a quote, a backslash, a control character, or beyond ASCII: then no subtraction borrows, and no highest bit is set. */
function isPlain(four: number): boolean {
  const seen =
    four |
    (four - 0x20202020) |
    ((four ^ 0x22222222) - 0x01010101) |
    ((four ^ 0x5c5c5c5c) - 0x01010101)
  return (seen & 0x80808080) === 0
}

import { type FileLine, LONGEST_LINE, linesOf } from './file-lines.ts'

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
/** More white space than this begins no file. */
const HEAD_BYTES = 4096

/** Whether a file that begins so is one JSON array of objects, in whatever layout; undefined where that is not told yet. */
export function beginsArray(head: Buffer): boolean | undefined {
  const text = head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
  const [first, next] = [text.at(0), text.slice(1).trimStart().at(0)]
  if (first !== undefined && first !== '[') return false
  if (next === undefined) return head.length < HEAD_BYTES ? undefined : false
  return next === '{'
}

/** What stands in pieces of a file from its beginning: the elements of an array, or lines; in bounded memory. */
export async function* entriesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<FileLine> {
  const rest = chunks[Symbol.asyncIterator]()
  const held: Buffer[] = []
  let isArray: boolean | undefined
  while (isArray === undefined) {
    const { value, done } = await rest.next()
    if (done === true) break
    held.push(value)
    isArray = beginsArray(Buffer.concat(held))
  }
  const all = joined(held, rest)
  yield* isArray === true ? elementsOf(all) : linesOf(all, 0)
}

async function* joined(
  held: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  yield* held
  for (;;) {
    const { value, done } = await rest.next()
    if (done === true) return
    yield value
  }
}

/** The elements of an array; what comes behind it is lines. */
async function* elementsOf(chunks: AsyncGenerator<Buffer>): AsyncGenerator<FileLine> {
  const cutter = new ElementCutter()
  for await (const chunk of uncloseable(chunks)) {
    const rest = cutter.push(chunk)
    yield* cutter.taken()
    if (rest === undefined) continue
    for await (const line of linesOf(joined([rest], chunks), cutter.at))
      if (line.text.trim() !== '') yield line
    return
  }
  const last = cutter.last()
  if (last !== undefined) yield last
}

/** Leaving a loop over it early does not end it. */
function uncloseable<T>(source: AsyncGenerator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) }
}

/** Cuts elements out of an array without parsing: it knows strings, escapes and depth. */
class ElementCutter {
  #depth = 0
  #inString = false
  #isEscaped = false
  #held: Buffer[] = []
  #length = 0
  #count = 0
  #elements: FileLine[] = []
  /** So many bytes were taken. */
  at = 0

  /** Takes a piece; answers what is behind the end of the array, once that has come. */
  push(chunk: Buffer): Buffer | undefined {
    let start = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const end = this.#endsAt(chunk[at] as number)
      if (end === undefined) continue
      this.#hold(chunk.subarray(start, at))
      start = at + 1
      if (end === 'begin') this.#drop()
      else this.#finish(this.at + start)
      if (end !== 'end') continue
      this.at += start
      return chunk.subarray(start)
    }
    this.#hold(chunk.subarray(start))
    this.at += chunk.length
    return undefined
  }

  /** Elements that are complete, each once. */
  taken(): FileLine[] {
    const elements = this.#elements
    this.#elements = []
    return elements
  }

  /** What was cut by the end of the file. */
  last(): FileLine | undefined {
    const text = this.#text()
    if (this.#depth === 0 || text.trim() === '') return undefined
    return { text, end: this.at, place: this.#count, isWhole: false }
  }

  /** Whether a byte begins the array, ends an element, or ends both. */
  #endsAt(byte: number): 'begin' | 'element' | 'end' | undefined {
    if (this.#inString) {
      this.#inside(byte)
      return undefined
    }
    if (byte === QUOTE) this.#inString = true
    else if (byte === COMMA && this.#depth === 1) return 'element'
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#depth += 1
      if (this.#depth === 1) return 'begin'
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      this.#depth -= 1
      if (this.#depth === 0) return 'end'
    }
    return undefined
  }

  /** A line end within a string is no JSON: it ends the string, so that a lost quote spoils one element alone. */
  #inside(byte: number): void {
    if (byte === NEWLINE) this.#inString = false
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #hold(part: Buffer): void {
    this.#length += part.length
    if (this.#length <= LONGEST_LINE) this.#held.push(Buffer.from(part))
    else this.#held = []
  }

  #finish(end: number): void {
    const text = this.#text()
    this.#drop()
    // Nothing stands between the brackets of an empty array.
    if (text.trim() === '' && this.#depth === 0) return
    this.#elements.push({ text, end, place: this.#count, isWhole: true })
    this.#count += 1
  }

  #drop(): void {
    this.#held = []
    this.#length = 0
  }

  #text(): string {
    return this.#length > LONGEST_LINE ? '' : Buffer.concat(this.#held).toString('utf8')
  }
}

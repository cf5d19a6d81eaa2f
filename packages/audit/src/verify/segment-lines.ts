import { MAX_LINE_BYTES } from '../entry.ts'
import { openSegment } from './part-file.ts'

/** Takes a line from `start` to `end` (its line feed); the byte before it may be overwritten. Returns false to read no further. */
export type TakeLine = (bytes: Buffer, start: number, end: number) => boolean

/** What is behind the last line that was taken. */
export interface SegmentTail {
  readonly bytes: number
  /** Whether they are all zero. */
  readonly zeros: boolean
}

/** What is read is looked at by three who should find it in the processor's cache. */
const MOST_CHUNK_BYTES = 1 << 18
/** Room for a line that is not whole yet, and for as much of the next. */
const LEAST_CHUNK_BYTES = 2 * (MAX_LINE_BYTES + 1)
const LF = 0x0a

/** Hands over a segment's lines, a chunk at a time in memory. A line that is longer than any may be is handed over cut. */
export async function readSegment(
  path: string,
  take: TakeLine,
  afterChunk: (bytes: number) => Promise<void>,
): Promise<SegmentTail> {
  const file = await openSegment(path)
  try {
    const { size } = await file.stat()
    const chunk = Math.min(MOST_CHUNK_BYTES, Math.max(LEAST_CHUNK_BYTES, size))
    const reader = new LineReader(take, chunk)
    for (;;) {
      const { buffer, offset } = reader
      const { bytesRead } = await file.read(buffer, offset, buffer.length - offset, null)
      if (bytesRead === 0) break
      reader.add(bytesRead)
      await afterChunk(bytesRead)
    }
    return reader.tail()
  } finally {
    await file.close()
  }
}

class LineReader {
  // The first byte is for whoever wants one before the first line.
  readonly buffer: Buffer
  readonly #take: TakeLine
  /** Where the next bytes go: behind the start of a line that is not whole yet. */
  #offset = 1
  /** Bytes that are no line any more: of one that is too long, or all after a line that was not taken. */
  #dropped = 0
  #zeros = true
  #stopped = false

  constructor(take: TakeLine, chunk: number) {
    this.#take = take
    this.buffer = Buffer.allocUnsafe(1 + chunk)
  }

  get offset(): number {
    return this.#offset
  }

  add(count: number): void {
    const end = this.#offset + count
    let start = 1
    for (let at = this.buffer.indexOf(LF, this.#offset); at >= 0 && at < end && !this.#stopped; ) {
      if (!this.#takeLine(start, at)) break
      start = at + 1
      at = this.buffer.indexOf(LF, start)
    }
    this.#keep(start, end)
  }

  tail(): SegmentTail {
    const rest = this.#offset - 1
    const zeros = this.#zeros && isZero(this.buffer, 1, this.#offset)
    return { bytes: this.#dropped + rest, zeros }
  }

  #takeLine(start: number, end: number): boolean {
    this.#stopped = !this.#take(this.buffer, start, end)
    if (this.#stopped) return false
    this.#dropped = 0
    this.#zeros = true
    return true
  }

  #keep(start: number, end: number): void {
    if (this.#stopped || end - start > MAX_LINE_BYTES + 1) {
      this.#drop(start, end)
      return
    }
    this.buffer.copy(this.buffer, 1, start, end)
    this.#offset = 1 + end - start
  }

  /** Of a line that is too long enough is kept to make it too long when its end comes. */
  #drop(start: number, end: number): void {
    const kept = this.#stopped ? 0 : MAX_LINE_BYTES + 1
    this.#zeros &&= isZero(this.buffer, start + kept, end)
    this.#dropped += end - start - kept
    this.buffer.copy(this.buffer, 1, start, start + kept)
    this.#offset = 1 + kept
  }
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0) return false
  return true
}

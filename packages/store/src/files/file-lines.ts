import type { FileHandle } from 'node:fs/promises'

/** A line of a file, or an element of an array that is the file. */
export interface FileLine {
  readonly text: string
  /** The same as it stands there, of a line. */
  readonly bytes?: Buffer
  /** Where the next line begins, in bytes. */
  readonly end: number
  /** Which one of an array it is; undefined of lines, which are told apart by where they end. */
  readonly place?: number
  /** False for a last line without its line end, which may still be written. */
  readonly isWhole: boolean
}

const READ_BYTES = 256 * 1024
/** No line of the format is longer, in bytes; of what is, nothing is kept. */
export const LONGEST_LINE: number = 64 * 1024 * 1024

/** The lines of a file from a place on, in bounded memory; the text of one that is too long is empty. */
export async function* fileLines(file: FileHandle, from: number): AsyncGenerator<FileLine> {
  yield* linesOf(fileChunks(file, from), from)
}

/** The bytes of a file from a place on, in pieces. */
export async function* fileChunks(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** How many lines of a file end before a place. */
export async function newlinesBefore(file: FileHandle, place: number): Promise<number> {
  let count = 0
  for (let at = 0; at < place; ) {
    const length = Math.min(READ_BYTES, place - at)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at)
    if (bytesRead === 0) break
    at += bytesRead
    for (const byte of buffer.subarray(0, bytesRead)) if (byte === 10) count += 1
  }
  return count
}

/** The lines of pieces of a file, the first of which begins at this place. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  from: number,
): AsyncGenerator<FileLine> {
  let held: Buffer[] = []
  let length = 0
  let end = from
  for await (const chunk of chunks) {
    let start = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      held.push(chunk.subarray(start, at))
      length += at - start
      end += length + 1
      yield { ...textOf(held, length), end, isWhole: true }
      held = []
      length = 0
      start = at + 1
    }
    const rest = chunk.subarray(start)
    length += rest.length
    if (length <= LONGEST_LINE) held.push(Buffer.from(rest))
    else held = []
  }
  if (length > 0) yield { ...textOf(held, length), end: end + length, isWhole: false }
}

function textOf(held: readonly Buffer[], length: number): Pick<FileLine, 'text' | 'bytes'> {
  if (length > LONGEST_LINE) return { text: '' }
  const bytes = Buffer.concat(held)
  return { text: bytes.toString('utf8'), bytes }
}

/** Whether a file is compressed, whatever its name is. */
export async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
}

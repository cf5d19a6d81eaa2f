import { createReadStream } from 'node:fs'
import { AnalyzeError } from '../errors.ts'
import { gunzip } from './gunzip.ts'
import type { Input } from './inputs.ts'
import { readLentFile } from './lent-file.ts'
import { FORMAT_BYTES, otherFormat, utf16Of } from './other-formats.ts'

/** What a reader tells while it reads. */
export interface ReadOptions {
  /** Called with the number of bytes just read from the file, before decompression. */
  readonly onBytes?: (bytes: number) => void
  /** Reading stops when it is aborted; what was read is delivered. */
  readonly signal?: AbortSignal | undefined
  /** Called when the input is damaged (a cut gzip file): what was readable is still delivered, and `isWhole` says that this is all. */
  readonly onDamage?: (reason: string, isWhole?: boolean) => void
}

const READ_BYTES = 256 * 1024

/** What some editors put before UTF-8. */
export const BYTE_ORDER_MARK: Buffer = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * The bytes of an input without a byte order mark, decompressed where they are gzip (told by the
 * first two bytes, not by the name; several members in one file are one text), and as UTF-8 where a mark
 * says UTF-16. What is known to be something else is damage that says what to do. A file that cannot be read is
 * ANALYZE_INPUT_UNREADABLE.
 */
export async function* readText(input: Input, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  yield* asText(input, options, decompress(readRaw(input, options), options))
}

/** The same, but each chunk only lasts until the next is asked for: its memory is used again. */
export async function* readLent(input: Input, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const { path } = input
  const raw =
    path === null ? readRaw(input, options) : readable(input, options, readLentFile(path, 0))
  yield* asText(input, options, decompress(raw, options))
}

async function* asText(
  { name }: Input,
  { onDamage }: ReadOptions,
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const chunks = withHead(bytes, FORMAT_BYTES)
  try {
    const { done, value: head } = await chunks.next()
    if (done) return
    const other = otherFormat(head, name)
    const encoding = utf16Of(head)
    if (other !== undefined) {
      onDamage?.(other)
    } else if (encoding !== undefined) {
      yield* transcoded(head, chunks, encoding)
    } else {
      const isMarked = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
      yield isMarked ? head.subarray(BYTE_ORDER_MARK.length) : head
      yield* chunks
    }
  } finally {
    // Who wants no more than the head leaves the file open else.
    await chunks.return(undefined)
  }
}

/** What Windows' shells write, as UTF-8. */
async function* transcoded(
  head: Buffer,
  rest: AsyncIterable<Buffer>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  yield Buffer.from(decoder.decode(head, { stream: true }))
  for await (const chunk of rest) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}

async function* decompress(
  chunks: AsyncIterable<Buffer>,
  options: ReadOptions,
): AsyncGenerator<Buffer> {
  const raw = withHead(chunks, 2)
  try {
    const { done, value: first } = await raw.next()
    if (done) return
    if (first[0] === 0x1f && first[1] === 0x8b) {
      yield* gunzip(joined(first, raw), options.onDamage)
    } else {
      yield first
      yield* raw
    }
  } finally {
    await raw.return(undefined)
  }
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

/** The same chunks, but the first has at least `bytes` bytes when there are so many. */
async function* withHead(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk
      continue
    }
    head = head.length === 0 && chunk.length >= bytes ? chunk : Buffer.concat([head, chunk])
    if (head.length < bytes) continue
    yield head
    head = undefined
  }
  if (head !== undefined && head.length > 0) yield head
}

function readRaw(input: Input, options: ReadOptions): AsyncGenerator<Buffer> {
  const stream =
    input.path === null
      ? process.stdin
      : createReadStream(input.path, { highWaterMark: READ_BYTES })
  return readable(input, options, stream)
}

/** Tells of chunks that are read, and in our words why they could not be. */
export async function* readable(
  input: Input,
  { onBytes, signal }: ReadOptions,
  chunks: AsyncIterable<Buffer | string>,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      onBytes?.(bytes.length)
      yield bytes
      if (signal?.aborted) return
    }
  } catch (cause) {
    if (signal?.aborted) return
    const message = `Could not read ${input.name}: ${(cause as Error).message}`
    throw new AnalyzeError('ANALYZE_INPUT_UNREADABLE', message, { cause })
  }
}

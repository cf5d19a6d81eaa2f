import { open } from 'node:fs/promises'
import { AnalyzeError } from '../errors.ts'
import { BYTE_ORDER_MARK, type ReadOptions, readable, readLent } from '../input/chunks.ts'
import type { Input } from '../input/inputs.ts'
import { readLentFile } from '../input/lent-file.ts'

/** The text of a file from a place on; each chunk only lasts until the next is asked for. What is not compressed is read from there, the rest decompressed from its beginning. */
export async function* readTextFrom(
  input: Input,
  from: number,
  options: ReadOptions = {},
): AsyncGenerator<Buffer> {
  const path = input.path as string
  const start = await plainStart(path)
  if (start !== null) {
    yield* readable(input, options, readLentFile(path, start + from))
    return
  }
  let position = 0
  for await (const chunk of readLent(input, options)) {
    const skipped = Math.max(0, Math.min(chunk.length, from - position))
    position += chunk.length
    if (skipped < chunk.length) yield chunk.subarray(skipped)
  }
}

/** Bytes of a text from one place to another; fewer where it ends before. */
export async function textPart(input: Input, from: number, to: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let left = to - from
  for await (const chunk of readTextFrom(input, from)) {
    parts.push(Buffer.from(chunk.subarray(0, left)))
    left -= chunk.length
    if (left <= 0) break
  }
  return Buffer.concat(parts)
}

/** Whether a file is gzip. */
export async function isCompressed(path: string): Promise<boolean> {
  return (await plainStart(path)) === null
}

/** Where the text begins in a file: after a byte order mark; null in a compressed file. */
async function plainStart(path: string): Promise<number | null> {
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(3), 0, 3, 0)
    if (bytesRead >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) return null
    return buffer.equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0
  } finally {
    await file.close()
  }
}

function unreadable(path: string, cause: unknown): AnalyzeError {
  const message = `Could not read ${path}: ${(cause as Error).message}`
  return new AnalyzeError('ANALYZE_INPUT_UNREADABLE', message, { cause })
}

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { readBlocks } from './line-blocks.ts'
import { digits } from './object-keys.ts'

const LF = 0x0a
const SEGMENT_BYTES = 8 * 1024 * 1024

/** Writes the entries of objects, which come in their order, as the segments of a log's folder. */
export class SegmentRestorer {
  readonly #dir: string
  #file: FileHandle | undefined
  #written = 0
  /** The next sequence number. */
  #next = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Adds an object's lines. What was there before is left out; false where it was something else there. */
  async add(first: number, lines: Buffer): Promise<boolean> {
    const { count } = skipLines(lines, Number.POSITIVE_INFINITY)
    const known = Math.min(Math.max(0, this.#next - first), count)
    const { end } = skipLines(lines, known)
    const isSame = known === 0 || (await this.#holds(first, known, lines.subarray(0, end)))
    const fresh = lines.subarray(end)
    if (fresh.length === 0) return isSame
    if (first > this.#next || this.#written >= SEGMENT_BYTES) await this.close()
    const start = first + known
    this.#file ??= await open(join(this.#dir, `${digits(start)}.jsonl`), 'w', 0o640)
    await this.#file.writeFile(fresh)
    this.#written += fresh.length
    this.#next = first + count
    return isSame
  }

  /** Makes what was written durable. */
  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#written = 0
    await file?.sync()
    await file?.close()
  }

  async #holds(first: number, count: number, lines: Buffer): Promise<boolean> {
    let at = 0
    const blocks = readBlocks(this.#dir, { from: first, to: first + count, most: SEGMENT_BYTES })
    try {
      for await (const { bytes } of blocks) {
        if (!bytes.equals(lines.subarray(at, at + bytes.length))) return false
        at += bytes.length
      }
    } catch {
      // A gap, which the verification of the log tells.
      return true
    }
    return true
  }
}

/** Where so many lines end, or all there are. */
function skipLines(bytes: Buffer, most: number): { end: number; count: number } {
  let end = 0
  let count = 0
  while (count < most) {
    const stop = bytes.indexOf(LF, end)
    if (stop < 0) break
    end = stop + 1
    count += 1
  }
  return { end, count }
}

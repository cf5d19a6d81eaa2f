import { type ChainHead, LINE_END, type LineParts } from './line.ts'
import { leafHashWithin } from './merkle.ts'

const LF = 0x0a
const ROOM = 64 * 1024

/** Where an entry stands: its sequence number and leaf hash (base64), which is the next entry's `prev`. */
export interface Appended {
  readonly seq: number
  readonly hash: string
}

/** Entries that are written and synced together. */
export interface Batch {
  /** Valid until the next batch is built. */
  readonly lines: Buffer
  readonly appended: readonly Appended[]
  /** The head after them. */
  readonly head: ChainHead
}

/** Puts entries into their places, batch by batch in the same memory. */
export class BatchBuilder {
  #bytes: Buffer = Buffer.alloc(0)

  /** Puts entries behind a head. Time does not run backwards: a clock that does is held. */
  build(entries: readonly LineParts[], head: ChainHead, now: number): Batch {
    const time = Math.max(now, head.time)
    const lineEnd = `${new Date(time).toISOString()}${LINE_END}`
    const appended: Appended[] = []
    // One byte ahead of the first line, for the prefix that is hashed with it.
    const bytes = this.#room(entries.reduce((sum, parts) => sum + parts.bytes, 1))
    let end = 1
    let { seq, prev } = head
    for (const { beforePrev, beforeSeq, beforeTime } of entries) {
      const start = end
      // Each long text by itself: one of all would be copied once more.
      end += bytes.write(beforePrev, end)
      end += bytes.write(`${prev}${beforeSeq}${seq}`, end)
      end += bytes.write(beforeTime, end)
      end += bytes.write(lineEnd, end)
      prev = leafHashWithin(bytes, start, end)
      // What was the prefix is the end of the line before.
      bytes[start - 1] = LF
      appended.push({ seq, hash: prev })
      seq += 1
      bytes[end++] = LF
    }
    return { lines: bytes.subarray(1, end), appended, head: { seq, prev, time } }
  }

  /** New memory for every batch would cost as much as writing into it. */
  #room(bytes: number): Buffer {
    if (this.#bytes.length < bytes)
      this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(bytes / ROOM) * ROOM)
    return this.#bytes
  }
}

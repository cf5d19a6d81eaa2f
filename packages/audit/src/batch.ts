import { type ChainHead, type LineParts, lineAt } from './line.ts'
import { leafHashWithin } from './merkle.ts'

const LF = 0x0a

/** Where an entry stands: its sequence number and leaf hash (base64), which is the next entry's `prev`. */
export interface Appended {
  readonly seq: number
  readonly hash: string
}

/** Entries that are written and synced together. */
export interface Batch {
  readonly lines: Buffer
  readonly appended: readonly Appended[]
  /** The head after them. */
  readonly head: ChainHead
}

/** Puts entries into their places behind a head. Time does not run backwards: a clock that does is held. */
export function buildBatch(entries: readonly LineParts[], head: ChainHead, now: number): Batch {
  const time = Math.max(now, head.time)
  const ts = new Date(time).toISOString()
  const appended: Appended[] = []
  // One byte ahead of the first line, for the prefix that is hashed with it.
  const bytes = Buffer.allocUnsafe(entries.reduce((sum, parts) => sum + parts.bytes, 1))
  let end = 1
  let place = { seq: head.seq, prev: head.prev, time }
  for (const parts of entries) {
    const start = end
    end += bytes.write(lineAt(parts, place, ts), start)
    const hash = leafHashWithin(bytes, start, end)
    // What was the prefix is the end of the line before.
    bytes[start - 1] = LF
    appended.push({ seq: place.seq, hash })
    place = { seq: place.seq + 1, prev: hash, time }
    bytes[end++] = LF
  }
  return { lines: bytes.subarray(1, end), appended, head: place }
}

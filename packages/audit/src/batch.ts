import { type ChainHead, type LineParts, lineAt, linkHash } from './line.ts'

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
  let text = ''
  let place = { seq: head.seq, prev: head.prev, time }
  for (const parts of entries) {
    const line = lineAt(parts, place, ts)
    const hash = linkHash(line)
    appended.push({ seq: place.seq, hash })
    text += `${line}\n`
    place = { seq: place.seq + 1, prev: hash, time }
  }
  return { lines: Buffer.from(text), appended, head: place }
}

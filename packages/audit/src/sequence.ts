import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { firstOf, MAX_LINE_BYTES, segmentName } from './entry.ts'
import { AuditError } from './errors.ts'
import { namesIn } from './folder.ts'
import { parseEntry } from './scan.ts'

/** Throws `AUDIT_DAMAGED` for a file that is named as segments are and is none: an entry in it would be of no log, or of two. */
export async function checkSegmentNames(dir: string): Promise<void> {
  for (const name of (await namesIn(dir)).filter((found) => found.endsWith('.jsonl'))) {
    const info = await stat(join(dir, name)).catch(() => undefined)
    if (info?.isFile() !== true) throw strange(dir, `${name} is no regular file`)
    if (firstOf(name) !== undefined) continue
    if (/^\d{20}\.jsonl$/.test(name)) throw strange(dir, `${name} does not follow any entry`)
    if (info.size > 0) throw strange(dir, `${name} is no segment`)
  }
}

/** Throws `AUDIT_DAMAGED` unless each of these segments, which nobody reads again, ends with the entry before the next one's first. */
export async function checkSequence(dir: string, firsts: readonly number[]): Promise<void> {
  for (const [index, first] of firsts.slice(0, -1).entries()) {
    const last = await lastSeqIn(join(dir, segmentName(first)))
    const next = firsts[index + 1] as number
    if (last !== next - 1) throw misplaced(dir, next, last === undefined ? first : last + 1)
  }
}

/** What says that a segment does not begin where the entries before it end. */
export function misplaced(dir: string, first: number, size: number): AuditError {
  const name = segmentName(first)
  const why =
    first > size
      ? `entries ${size} to ${first - 1} are missing before it`
      : `entry ${first} is in the segment before it too`
  return strange(dir, `${name} does not follow the entries before it: ${why}`)
}

function strange(dir: string, what: string): AuditError {
  return new AuditError(
    'AUDIT_DAMAGED',
    `In ${dir}, ${what}, and no crash explains it; nothing was changed. Verify the log; move the file elsewhere where it is not the log's, or restore what is missing from a copy`,
  )
}

async function lastSeqIn(path: string): Promise<number | undefined> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const tail = Buffer.alloc(Math.min(size, MAX_LINE_BYTES + 2))
    await file.read(tail, 0, tail.length, size - tail.length)
    if (tail.at(-1) !== 0x0a) return undefined
    return parseEntry(tail.subarray(tail.lastIndexOf(0x0a, -2) + 1, -1))?.seq
  } finally {
    await file.close()
  }
}

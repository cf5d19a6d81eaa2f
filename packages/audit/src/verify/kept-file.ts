import { MAX_LINE_BYTES } from '../entry.ts'
import { keptDigest } from '../kept-entries.ts'
import { lineFields } from '../line-fields.ts'
import { scanLine } from '../line-scan.ts'
import { leafHash } from '../merkle.ts'
import { type HashesFile, hashAt } from './expired-parts.ts'
import type { Findings } from './findings.ts'
import { readSmall } from './small-file.ts'

/** Entries of the log's own that stayed when their segment expired. */
export interface KeptFile {
  /** By their sequence numbers. */
  readonly lines: ReadonlyMap<number, Buffer>
  /** Of the file's bytes, in hex; undefined where there is none. */
  readonly sha256: string | undefined
}

const MOST_BYTES = 64 * 1024 * 1024

/** Reads what lies beside a file of hashes; a line that has not the hash of its place is told, and is none. */
export function readKept(hashes: HashesFile, path: string, findings: Findings): KeptFile {
  const { bytes, fault } = readSmall(path.replace(/\.bin$/, '.kept'), MOST_BYTES)
  const { first } = hashes
  const broken = (why: string): void =>
    findings.failure(
      'MODIFIED',
      first,
      `what stayed of the expired entries from ${first} on ${why}`,
    )
  if (fault !== undefined) broken(fault)
  const lines = new Map<number, Buffer>()
  for (const line of bytes === undefined ? [] : linesIn(bytes)) {
    const seq = seqOf(line)
    const isIn = seq !== undefined && seq >= first && seq - first < hashes.count
    if (isIn && hashAt(hashes, seq - first) === leafHash(line).toString('base64'))
      lines.set(seq, line)
    else broken('has a line that is none of theirs')
  }
  return { lines, sha256: keptDigest(bytes) }
}

/** Lines with what follows the last one, unless that is nothing. */
function linesIn(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const stop = bytes.indexOf(0x0a, start)
    const end = stop < 0 ? bytes.length : stop
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

const fields = lineFields()

function seqOf(line: Buffer): number | undefined {
  if (line.length > MAX_LINE_BYTES || !scanLine(line, 0, line.length, fields)) return undefined
  const { v, log, prev, ts, action } = fields
  if (![v, log, prev, ts, action].every((at) => at > 0)) return undefined
  const { seq } = JSON.parse(line.toString()) as { seq?: unknown }
  return typeof seq === 'number' ? seq : undefined
}

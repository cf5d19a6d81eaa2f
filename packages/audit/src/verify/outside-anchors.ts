import { createHash, type X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { paddedSize } from '../entry.ts'
import { parseNote, verifyNote } from '../signed-note.ts'
import { verifyTimestamp } from '../timestamp-trust.ts'
import type { VerifierKey } from '../verifier-key.ts'
import type { GoodCheckpoint } from './checkpoint-watch.ts'
import type { Findings } from './findings.ts'
import { readSmall } from './small-file.ts'

/** Somebody outside who remembers a checkpoint. */
export interface AuditAnchor {
  /** `state`: the verifier's own file; `witness`: a cosignature; `timestamp`: a time stamp. */
  readonly kind: 'state' | 'witness' | 'timestamp'
  readonly size: number
  readonly by: string
  /** Milliseconds since 1970; null where no time is known. */
  readonly time: number | null
  /** Whether the one who says so is one of those the caller trusts. */
  readonly trusted: boolean
}

/** Whom the caller trusts beside the log's own key. */
export interface OutsideTrust {
  readonly witnesses: readonly VerifierKey[]
  readonly authorities: readonly X509Certificate[]
}

/** A clock may be so much ahead of an authority's. */
const TOLERANCE_MS = 5 * 60_000

/** What witnesses and time-stamp authorities said about a checkpoint that holds; they speak of kept ones. */
export function outsideAnchors(
  dir: string,
  { size, isKept, bytes, checkpoint }: GoodCheckpoint,
  lastTime: number,
  trust: OutsideTrust,
  findings: Findings,
): AuditAnchor[] {
  if (!isKept) return []
  const readAnchor = (form: 'cosig' | 'tsr'): Buffer | undefined => {
    const name = `anchors/${paddedSize(size)}.${form}`
    const { bytes, fault } = readSmall(join(dir, name))
    if (fault !== undefined) findings.failure('SIGNATURE', size - 1, `${name} ${fault}`)
    return bytes
  }
  const lines = readAnchor('cosig')
  const stamp = readAnchor('tsr')
  const anchors = [
    ...(lines === undefined ? [] : witnessed(size, checkpoint.note.text, lines, trust, findings)),
    ...(stamp === undefined ? [] : stamped(size, bytes, stamp, trust, findings)),
  ]
  for (const { time, by } of anchors)
    if (time !== null && lastTime > time + TOLERANCE_MS)
      findings.note(
        'CLOCK',
        size - 1,
        `entry ${size - 1} is later than the time at which ${by} saw it`,
      )
  return anchors
}

function witnessed(
  size: number,
  text: string,
  lines: Buffer,
  { witnesses }: OutsideTrust,
  findings: Findings,
): AuditAnchor[] {
  try {
    const note = Buffer.concat([Buffer.from(`${text}\n`), lines])
    const { verified, failed } = verifyNote(parseNote(note), witnesses)
    for (const { name } of failed)
      findings.failure(
        'SIGNATURE',
        size - 1,
        `the cosignature of ${name} over size ${size} does not hold`,
      )
    return verified.map(({ key, time }) => ({
      kind: 'witness',
      size,
      by: key.name,
      time: time === null ? null : time * 1000,
      trusted: true,
    }))
  } catch (error) {
    findings.failure(
      'SIGNATURE',
      size - 1,
      `the cosignatures over size ${size}: ${(error as Error).message}`,
    )
    return []
  }
}

function stamped(
  size: number,
  note: Buffer,
  answer: Buffer,
  { authorities }: OutsideTrust,
  findings: Findings,
): AuditAnchor[] {
  try {
    const digest = createHash('sha256').update(note).digest()
    const { time, authority, trusted } = verifyTimestamp(answer, digest, authorities)
    return [{ kind: 'timestamp', size, by: authority, time, trusted }]
  } catch (error) {
    findings.failure(
      'SIGNATURE',
      size - 1,
      `the time stamp over size ${size}: ${(error as Error).message}`,
    )
    return []
  }
}

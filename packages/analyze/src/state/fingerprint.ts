import { createHash } from 'node:crypto'

/** Bytes at the beginning, and before the place that was reached, by which a log is known again. */
export const PART_BYTES = 1024

/** How far a log was read, and what its text was there: a log is the same where both parts are. */
export interface Fingerprint {
  /** Bytes of text that were read: all before are ended lines. */
  readonly offset: number
  /** Hash of the first bytes before `offset`, at most 1 KiB. */
  readonly head: string
  /** Hash of the last bytes before `offset`, at most 1 KiB. */
  readonly tail: string
}

/** A short hash of bytes. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

/** The hash of the beginning of a text, as a fingerprint at an offset has it; undefined where the text is shorter. */
export function headHash(head: Buffer, offset: number): string | undefined {
  const bytes = Math.min(offset, PART_BYTES)
  return head.length < bytes ? undefined : hashOf(head.subarray(0, bytes))
}

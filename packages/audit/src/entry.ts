import type { AuditDataItem, AuditEvent } from './event.ts'

/** The version of the format; `v` of every entry. */
export const FORMAT = 1

/** Bytes of UTF-8 that a line may have, without its LF (C2SP tlog-tiles bounds entries to 16 bits). */
export const MAX_LINE_BYTES = 65_535

/** One entry as it is stored: an event with its place in the log. docs/audit-format.md is the specification. */
export interface AuditEntry extends Omit<AuditEvent, 'data'> {
  readonly v: 1
  /** The origin of the log. */
  readonly log: string
  /** Place in the log, from 0. */
  readonly seq: number
  /** Leaf hash of the entry before, base64. */
  readonly prev: string
  /** The writer's time: ISO 8601 in UTC with milliseconds, never before that of the entry before. */
  readonly ts: string
  /** UUID version 7. */
  readonly id: string
  readonly data?: readonly StoredDataItem[]
  /** In the log's own entries (`audit.…`) only. */
  readonly sys?: { readonly [key: string]: unknown }
}

/** A commitment to content: made here (`c`, with the content or its salt encrypted beside the log), or by the caller. */
export type StoredDataItem = ContentCommitment | Pick<AuditDataItem, 'part' | 'commitment'>

/** What an entry says about content. */
export interface ContentCommitment {
  readonly part: string
  /** Length of the text in UTF-8. */
  readonly bytes: number
  /** HMAC-SHA256 with a random salt, base64. */
  readonly c: string
  /** SHA-256 of the encrypted file in hex, which is its name. */
  readonly ct: string
  /** Whether the text itself was kept, not only its salt. */
  readonly kept: boolean
  /** The key of the subject it is encrypted with. */
  readonly kid: string
}

/** File name of the segment that begins with a sequence number. */
export function segmentName(first: number): string {
  return `${paddedSize(first)}.jsonl`
}

/** A number as file names have it: 20 digits. */
export function paddedSize(size: number): string {
  return String(size).padStart(20, '0')
}

/** The first sequence number in a segment's file name; undefined when it is none. */
export function firstOf(name: string): number | undefined {
  const first = /^(\d{20})\.jsonl$/.exec(name)?.[1]
  return first === undefined || !Number.isSafeInteger(Number(first)) ? undefined : Number(first)
}

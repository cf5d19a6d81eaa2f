import { hash } from 'node:crypto'
import { canonicalField, NotCanonicalError } from './canonical.ts'
import { type AuditEntry, FORMAT, MAX_LINE_BYTES } from './entry.ts'
import { AuditError } from './errors.ts'

/** What an entry says beside its place in the log. */
export type EntryFields = Omit<AuditEntry, 'v' | 'log' | 'seq' | 'prev' | 'ts'>

/** An entry as canonical text with three holes, to be closed when its place is known: it is serialized once, ahead of its turn. */
export interface LineParts {
  readonly beforePrev: string
  readonly beforeSeq: string
  readonly beforeTime: string
  /** Bytes of UTF-8 that the line will have, at most. */
  readonly bytes: number
}

/** The place of the next entry: what a log must remember between two lines. */
export interface ChainHead {
  /** Sequence number of the next entry. */
  readonly seq: number
  /** Leaf hash of the entry before, base64. */
  readonly prev: string
  /** Time of the entry before, epoch milliseconds. */
  readonly time: number
}

// In the order of the canonical form; `prev`, `seq` and `ts` stand between.
const BEFORE_PREV = [
  'action',
  'actor',
  'data',
  'details',
  'ext',
  'id',
  'llm',
  'log',
  'op',
  'outcome',
  'policy',
] as const
const BEFORE_SEQ = ['reason'] as const
const BEFORE_TIME = ['src', 'stage', 'subject', 'sys', 'target', 'tenant', 'trace'] as const
/** `prev`, `seq`, `ts` and `v` with their keys, quotes, commas and braces. */
const PLACE_BYTES = 160

/** Serializes an entry but for its place. Throws `AUDIT_EVENT_INVALID` where it has no canonical form or is too long. */
export function lineParts(fields: EntryFields & { readonly log: string }): LineParts {
  const beforePrev = joined(fields, BEFORE_PREV)
  const beforeSeq = joined(fields, BEFORE_SEQ)
  const beforeTime = joined(fields, BEFORE_TIME)
  const bytes =
    Buffer.byteLength(beforePrev) +
    Buffer.byteLength(beforeSeq) +
    Buffer.byteLength(beforeTime) +
    PLACE_BYTES
  if (bytes > MAX_LINE_BYTES) {
    throw invalid('', 'size', `at most ${MAX_LINE_BYTES} bytes as a line, got about ${bytes}`)
  }
  return { beforePrev, beforeSeq, beforeTime, bytes }
}

/** The line of an entry at its place, without LF; `time` is the writer's, epoch milliseconds. */
export function lineAt(parts: LineParts, { seq, prev }: ChainHead, time: string): string {
  return `{${parts.beforePrev}"prev":"${prev}",${parts.beforeSeq}"seq":${seq},${parts.beforeTime}"ts":"${time}","v":${FORMAT}}`
}

/** Leaf hash of a line (RFC 6962, 2.1) in base64, as the next entry's `prev` has it. */
export function linkHash(line: string): string {
  return hash('sha256', `\0${line}`, 'base64')
}

/** `prev` of a log's first entry: nothing before it but the origin. */
export function genesisLink(origin: string): string {
  return hash('sha256', `recount-audit/v1 genesis\n${origin}`, 'base64')
}

function joined(fields: object, keys: readonly string[]): string {
  let text = ''
  for (const key of keys) {
    const value = (fields as Record<string, unknown>)[key]
    if (value === undefined) continue
    text += `"${key}":${canonical(key, value)},`
  }
  return text
}

function canonical(key: string, value: unknown): string {
  try {
    return canonicalField(key, value)
  } catch (error) {
    if (error instanceof NotCanonicalError)
      throw invalid(error.path, 'canonical', `expected ${error.message}`)
    throw error
  }
}

function invalid(path: string, rule: string, message: string): AuditError {
  return new AuditError(
    'AUDIT_EVENT_INVALID',
    `The event is not valid: ${path || '/'} ${message}`,
    {
      findings: [{ path: path || '/', rule, message }],
    },
  )
}

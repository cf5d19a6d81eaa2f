import { hash } from 'node:crypto'
import { canonicalField, NotCanonicalError } from './canonical.ts'
import { type AuditEntry, FORMAT, MAX_LINE_BYTES } from './entry.ts'
import { AuditError } from './errors.ts'

/** What an entry says beside its place in the log. */
export type EntryFields = Omit<AuditEntry, 'v' | 'log' | 'seq' | 'prev' | 'ts' | 'id'>

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

/** `prev`, `seq`, `ts` and `v` with their keys, quotes, commas and braces. */
const PLACE_BYTES = 160

/** Serializes an entry but for its place, in the order of the canonical form. Throws `AUDIT_EVENT_INVALID` where it has no such form or is too long. */
export function lineParts(log: string, id: string, fields: EntryFields): LineParts {
  try {
    return written(log, id, fields)
  } catch (error) {
    if (!(error instanceof NotCanonicalError)) throw error
    throw invalid(error.path, 'canonical', `expected ${error.message}`)
  }
}

function written(log: string, id: string, fields: EntryFields): LineParts {
  const { action, actor, data, details, ext, llm, op, outcome, policy, reason } = fields
  const { src, stage, subject, sys, target, tenant, trace } = fields
  const beforePrev =
    field('action', action) +
    field('actor', actor) +
    field('data', data) +
    field('details', details) +
    field('ext', ext) +
    field('id', id) +
    field('llm', llm) +
    field('log', log) +
    field('op', op) +
    field('outcome', outcome) +
    field('policy', policy)
  const beforeSeq = field('reason', reason)
  const beforeTime =
    field('src', src) +
    field('stage', stage) +
    field('subject', subject) +
    field('sys', sys) +
    field('target', target) +
    field('tenant', tenant) +
    field('trace', trace)
  const bytes =
    Buffer.byteLength(beforePrev) +
    Buffer.byteLength(beforeSeq) +
    Buffer.byteLength(beforeTime) +
    PLACE_BYTES
  if (bytes > MAX_LINE_BYTES) {
    throw invalid(
      '',
      'size',
      `expected at most ${MAX_LINE_BYTES} bytes as a line, got about ${bytes}; give long texts as \`data\`: [{ part, text }], of which the entry has a commitment alone`,
    )
  }
  return { beforePrev, beforeSeq, beforeTime, bytes }
}

function field(key: string, value: unknown): string {
  return value === undefined ? '' : `"${key}":${canonicalField(key, value)},`
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

function invalid(path: string, rule: string, message: string): AuditError {
  return new AuditError(
    'AUDIT_EVENT_INVALID',
    `The event is not valid: ${path || '/'} ${message}`,
    {
      findings: [{ path: path || '/', rule, message }],
    },
  )
}

import { hash } from 'node:crypto'
import { NotCanonicalError, withField } from './canonical.ts'
import { type AuditEntry, FORMAT, MAX_LINE_BYTES } from './entry.ts'
import { AuditError } from './errors.ts'
import { keyOf, type OrderedKey } from './key-order.ts'

/** What an entry says beside its place in the log. */
export type EntryFields = Omit<AuditEntry, 'v' | 'log' | 'seq' | 'prev' | 'ts' | 'id'>

/** An entry as canonical text with three holes, to be closed when its place is known: it is serialized once, ahead of its turn. */
export interface LineParts {
  /** What is before the hash of the entry before. */
  readonly beforePrev: string
  /** From there to the sequence number. */
  readonly beforeSeq: string
  /** From there to the time. */
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

/** What the holes take, and what is behind the last of them. */
const PLACE_BYTES = 136

/** Serializes an entry but for its place, in the order of the canonical form. Throws `AUDIT_EVENT_INVALID` where it has no such form or is too long. */
export function lineParts(log: string, id: string, fields: EntryFields): LineParts {
  try {
    return written(log, id, fields)
  } catch (error) {
    if (!(error instanceof NotCanonicalError)) throw error
    throw invalid(error.path, 'canonical', `expected ${error.message}`)
  }
}

const KEYS = {
  action: keyOf('action'),
  actor: keyOf('actor'),
  data: keyOf('data'),
  details: keyOf('details'),
  ext: keyOf('ext'),
  id: keyOf('id'),
  llm: keyOf('llm'),
  log: keyOf('log'),
  op: keyOf('op'),
  outcome: keyOf('outcome'),
  policy: keyOf('policy'),
  reason: keyOf('reason'),
  src: keyOf('src'),
  stage: keyOf('stage'),
  subject: keyOf('subject'),
  sys: keyOf('sys'),
  target: keyOf('target'),
  tenant: keyOf('tenant'),
  trace: keyOf('trace'),
}

function written(log: string, id: string, fields: EntryFields): LineParts {
  let text = withOne('{', KEYS.action, fields.action)
  text = withOne(text, KEYS.actor, fields.actor)
  text = withOne(text, KEYS.data, fields.data)
  text = withOne(text, KEYS.details, fields.details)
  text = withOne(text, KEYS.ext, fields.ext)
  text = withOne(text, KEYS.id, id)
  text = withOne(text, KEYS.llm, fields.llm)
  text = withOne(text, KEYS.log, log)
  text = withOne(text, KEYS.op, fields.op)
  text = withOne(text, KEYS.outcome, fields.outcome)
  const beforePrev = `${withOne(text, KEYS.policy, fields.policy)}"prev":"`
  const beforeSeq = `${withOne('",', KEYS.reason, fields.reason)}"seq":`
  text = withOne(',', KEYS.src, fields.src)
  text = withOne(text, KEYS.stage, fields.stage)
  text = withOne(text, KEYS.subject, fields.subject)
  text = withOne(text, KEYS.sys, fields.sys)
  text = withOne(text, KEYS.target, fields.target)
  text = withOne(text, KEYS.tenant, fields.tenant)
  const beforeTime = `${withOne(text, KEYS.trace, fields.trace)}"ts":"`
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

function withOne(text: string, key: OrderedKey, value: unknown): string {
  return value === undefined ? text : `${withField(text, key, value)},`
}

/** What is behind the time (ISO 8601) of a line. */
export const LINE_END: string = `","v":${FORMAT}}`

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

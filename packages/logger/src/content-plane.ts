import type { ContentPart, ContentRef, Redaction } from '@recount/record'
import {
  createRedactor,
  ephemeralKey,
  type Key,
  keyedDigest,
  loadKeyFile,
  type Plain,
  type Redactor,
} from '@recount/redact'
import type { Captures } from './captures.ts'
import { toMessages } from './content-shape.ts'
import type { Context } from './context.ts'
import { withJson } from './json.ts'
import { type AnyPino, writingTo } from './pino-internals.ts'
import { type Writing, writeRecord } from './record-writer.ts'
import { truncate } from './truncate.ts'
import { describeUploads, withoutUploads } from './uploads.ts'
import { warnOnce } from './warnings.ts'

/** Keeps parts of what spans saw and said, in lines of their own. */
export interface ContentPlane {
  keep(logger: AnyPino, span: ContentSpan, part: ContentPart, value: unknown): void
  /** The keyed digest of a text that stands inside a part. */
  digest(text: string): string
}

/** A span whose content may be kept, and what has been kept of it so far. */
export interface ContentSpan {
  readonly span_id: string
  readonly parent_span_id: string | undefined
  readonly context: Context
  readonly captures: Captures
  readonly refs: ContentRef[]
  readonly redactions: Redaction[]
}

/** How a content plane is made. */
export interface ContentPlaneOptions {
  /** Where `content` lines go when they do not go into the logger's stream. */
  readonly files: { write(line: string): void }
  readonly writing: Writing
  /** False means a key for this process only. */
  readonly keyFile: string | false
  /** UTF-16 units of JSON that are kept of a part; the middle of what is longer is cut out. */
  readonly budget: number
}

const DEBUG_LEVEL = 20

/** A content plane; the key is read (or made) when the first content is kept. */
export function createContentPlane(options: ContentPlaneOptions): ContentPlane {
  const redact = createRedactor()
  let key: Key | undefined
  return {
    digest(text) {
      key ??= openKey(options.keyFile)
      return keyedDigest(key, text)
    },
    keep(logger, span, part, value) {
      if (value === undefined || !span.captures.parts.includes(part)) return
      key ??= openKey(options.keyFile)
      const kept = prepare(redact, part, value, key, options.budget)
      const fields = [contentFields(span, part, kept), withJson('content', kept.content, kept.json)]
      // Files of their own are written as the logger's stream is: its serializers and redact paths hold there too.
      const target = span.captures.place === 'inline' ? logger : writingTo(logger, options.files)
      writeRecord(options.writing, target, DEBUG_LEVEL, fields, undefined)
      span.refs.push({ part, digest: kept.digest, bytes: kept.bytes })
      for (const note of kept.redactions)
        span.redactions.push({ ...note, path: `${part}.${note.path}` })
    },
  }
}

interface Kept {
  readonly content: Plain
  /** The content as JSON. */
  readonly json: string
  readonly digest: string
  readonly bytes: number
  readonly truncated: boolean
  readonly redactions: readonly Redaction[]
}

/** The order is fixed: snapshot and mask, then uploads and shape, digest, truncate. */
function prepare(
  redact: Redactor,
  part: ContentPart,
  value: unknown,
  key: Key,
  budget: number,
): Kept {
  const given = part === 'files' ? describeUploads(value, (data) => keyedDigest(key, data)) : value
  const { value: plain, redactions } = redact(given)
  const content = shape(part, withoutUploads(plain))
  const json = JSON.stringify(content)
  const truncated = json.length > budget
  return {
    ...(truncated ? truncate(content, budget, json) : { content, json }),
    digest: keyedDigest(key, json),
    bytes: Buffer.byteLength(json),
    truncated,
    redactions,
  }
}

function shape(part: ContentPart, plain: Plain): Plain {
  if (part === 'input') return toMessages(plain, 'user')
  return part === 'output' ? toMessages(plain, 'assistant') : plain
}

function contentFields(span: ContentSpan, part: ContentPart, kept: Kept): object {
  const { trace, inherited } = span.context
  return {
    recount: 1,
    event: 'content',
    trace_id: trace.trace_id,
    span_id: span.span_id,
    parent_span_id: span.parent_span_id,
    session_id: inherited.session_id,
    user_id: inherited.user_id,
    tenant_id: inherited.tenant_id,
    part,
    digest: kept.digest,
    bytes: kept.bytes,
    truncated: kept.truncated || undefined,
  }
}

function openKey(path: string | false): Key {
  if (path === false) return ephemeralKey()
  try {
    return loadKeyFile(path)
  } catch (error) {
    warnOnce(
      'LOGGER_KEY_UNAVAILABLE',
      `The key file ${path} cannot be used (${(error as Error).message}); digests of this process will not match those of others`,
    )
    return ephemeralKey()
  }
}

import type { ContentPart, ContentRef } from '@recount/record'
import { keyedDigest, type Plain } from '@recount/redact'
import { toMessages, toParts } from './content-shape.ts'
import type { Door, Notes } from './door.ts'
import { withJson } from './json.ts'
import { type AnyPino, writingTo } from './pino-internals.ts'
import { type Writing, writeRecord } from './record-writer.ts'
import { truncate } from './truncate.ts'
import { describeUploads, withoutUploads } from './uploads.ts'

/** Where the lines of content go. */
export interface ContentTarget {
  readonly logger: AnyPino
  readonly place: 'files' | 'inline'
  /** Whether the logger's own place gets them, and which named sinks. */
  readonly main: boolean
  readonly sinks: readonly { write(line: string): unknown }[]
}

/** Content that is ready to be written: redacted, in shape, digested, cut. */
export interface PreparedContent {
  readonly ref: ContentRef
  readonly content: Plain
  /** The content as JSON. */
  readonly json: string
  readonly truncated: boolean
}

/** UTF-16 units of JSON that are kept of a part where nothing else is said; the middle of what is longer is cut out. */
export const DEFAULT_CONTENT_BUDGET = 262_144
const DEBUG_LEVEL = 20

/** The order is fixed: snapshot and redact, then uploads and shape, digest, truncate. */
export function prepareContent(
  door: Door,
  part: ContentPart,
  value: unknown,
  budget: number,
  notes: Notes,
): PreparedContent {
  const key = door.key()
  const given = part === 'files' ? describeUploads(value, (data) => keyedDigest(key, data)) : value
  const { value: plain, redactions, key_id } = door.value(given)
  for (const note of redactions)
    notes.redactions.push({ ...note, path: note.path === '' ? part : `${part}.${note.path}` })
  notes.key_id ??= key_id
  const content = shape(part, withoutUploads(plain))
  const json = JSON.stringify(content)
  const truncated = json.length > budget
  const ref = { part, digest: keyedDigest(key, json), bytes: Buffer.byteLength(json) }
  return { ref, truncated, ...(truncated ? truncate(content, budget, json) : { content, json }) }
}

/** Writes a part as a line of its own. `fields` are the ids of its span. */
export function writeContent(
  writing: Writing,
  files: { write(line: string): void },
  target: ContentTarget,
  fields: object,
  { ref, content, json, truncated }: PreparedContent,
): void {
  const line = [
    { ...fields, ...ref, truncated: truncated || undefined },
    withJson('content', content, json),
  ]
  // Files of their own are written as the logger's stream is: its serializers and redact paths hold there too.
  if (target.main) {
    const logger = target.place === 'inline' ? target.logger : writingTo(target.logger, files)
    writeRecord(writing, logger, DEBUG_LEVEL, line, undefined)
  }
  for (const sink of target.sinks)
    writeRecord(writing, writingTo(target.logger, sink as never), DEBUG_LEVEL, line, undefined)
}

function shape(part: ContentPart, plain: Plain): Plain {
  if (part === 'system') return toParts(plain)
  if (part === 'input') return toMessages(plain, 'user')
  return part === 'output' ? toMessages(plain, 'assistant') : plain
}

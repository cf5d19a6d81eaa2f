import type { Count, Digest, SpanLine } from '../line.ts'

/** The parts that content comes in. */
export const CONTENT_PARTS = [
  'system',
  'input',
  'tools',
  'tool_arguments',
  'tool_result',
  'retrieved',
  'upstream',
  'raw_request',
  'output',
  'raw_response',
  'parsed',
  'user_edit',
  'files',
] as const
/** One of `CONTENT_PARTS`. */
export type ContentPart = (typeof CONTENT_PARTS)[number]

/** A reference from a metadata line to a `content` line. */
export interface ContentRef {
  /** Which part. */
  part: ContentPart
  /** Keyed digest of the whole masked text. */
  digest: Digest
  /** Its size as JSON before truncation, UTF-8 bytes. */
  bytes: Count
}

/** A line of the content plane: one part of what a span saw or said. */
export interface Content extends SpanLine {
  event: 'content'
  /** Which part. */
  part: ContentPart
  /** Keyed digest of the whole masked text. */
  digest: Digest
  /** Its size as JSON before truncation, UTF-8 bytes. */
  bytes: Count
  /** True when the middle of long texts was cut out. */
  truncated?: boolean
  /** The content itself, last on the line. */
  content: unknown
}

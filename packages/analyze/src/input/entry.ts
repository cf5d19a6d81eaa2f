import { isAscii } from 'node:buffer'
import { prefixedRecord } from '@recount/record/shapes'
import { isBlank } from './entries.ts'
import { MAX_LINE_BYTES } from './held-bytes.ts'
import { isTooLong, type Line } from './lines.ts'
import { shortened } from './shortened.ts'

/** What an entry turned out to be, before anybody asks what it says. */
export type Entry =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'blank' }
  /** A line of our content plane, which was not parsed. */
  | { readonly kind: 'content' }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Shorter lines are parsed as quickly as they are looked at. */
const CONTENT_MIN_BYTES = 512
/** Of longer lines long texts may be left out. */
export const SHORTENED_MIN_BYTES = 2048
const CONTENT_HEAD_BYTES = 320
const CONTENT_HEAD = /^\{[^{}[\]]*"recount":1,[^{}[\]]*"event":"content"[,}]/

/** Parses a line or an array element. Reasons never repeat what it says: it may be anything. */
export function parseEntry(line: Line): Entry {
  const { bytes } = line
  if (bytes.length >= CONTENT_MIN_BYTES && isContentLine(line)) return { kind: 'content' }
  if (isTooLong(line)) {
    return malformed(`longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB (${line.length} bytes)`)
  }
  const short = bytes.length < SHORTENED_MIN_BYTES ? undefined : parsedShort(bytes)
  if (short !== undefined) return { kind: 'value', value: short }
  try {
    return { kind: 'value', value: JSON.parse(textOf(bytes)) }
  } catch (error) {
    if (isBlank(bytes)) return { kind: 'blank' }
    const value = prefixedRecord(textOf(bytes))
    if (value !== undefined) return { kind: 'value', value }
    return malformed(explain(line, error as Error))
  }
}

/** Our own lines are read whole, and what is not JSON, so that it is told what is wrong. */
function parsedShort(bytes: Buffer): unknown {
  const text = shortened(bytes)
  if (text === undefined || text.includes('"recount')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** ASCII, which most lines are, decodes much faster as Latin-1. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

/** Told by the head and the last byte, so that prompts and answers need not be parsed. */
function isContentLine(line: Line): boolean {
  const { bytes } = line
  if (isTooLong(line) || !line.terminated || bytes[bytes.length - 1] !== 0x7d) return false
  return CONTENT_HEAD.test(bytes.toString('latin1', 0, CONTENT_HEAD_BYTES))
}

function malformed(reason: string): Entry {
  return { kind: 'malformed', reason }
}

function explain({ bytes, terminated }: Line, error: Error): string {
  if (bytes.includes(0)) return 'has NUL bytes'
  if (!terminated) return 'cut: the file ends in the middle of it'
  const position = /at position (\d+)/.exec(error.message)?.[1]
  if (/(?:NaN|Infinity)/.test(bytes.toString('latin1')) && !position?.startsWith('0')) {
    return 'not JSON: NaN and Infinity are no JSON numbers'
  }
  if (/end of JSON/.test(error.message)) return 'not JSON: it ends too early'
  return position === undefined ? 'not JSON' : `not JSON at character ${Number(position) + 1}`
}

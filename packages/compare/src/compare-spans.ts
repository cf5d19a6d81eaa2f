import {
  type AnyRecord,
  type Chunk,
  CONTENT_PARTS,
  type ContentRef,
  type SpanNode,
} from '@recount/record'
import { type ContentDifference, compareContent, heldParts, keyOf } from './compare-content.ts'
import type { CompareOptions } from './compare-text.ts'
import { compareValues, type ValueChange } from './compare-values.ts'

/** A number that differs from run to run, on both sides; undefined where it is not known. */
export interface Measure {
  readonly name: string
  readonly a: number | undefined
  readonly b: number | undefined
}

/** The difference of two spans of one kind. */
export interface SpanDifference {
  /** What was asked for, how it ended, what it was about; not measures, times and ids. */
  readonly fields: readonly ValueChange[]
  readonly measures: readonly Measure[]
  readonly content: readonly ContentDifference[]
}

/** What a span is about: a change here is a difference. */
const FIELDS = [
  'provider',
  'operation',
  'model',
  'response_model',
  'params',
  'stream',
  'prompt',
  'service_tier',
  'status',
  'finish_reason',
  'error',
  'tools',
  'tool',
  'source',
  'subject_id',
  'chunks',
  'passed',
  'rule',
  'path',
  'message',
  'disposition',
  'release',
  'environment',
] as const

const MEASURES = [
  'duration_ms',
  'ttft_ms',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'reasoning_tokens',
  'cost_usd',
] as const

/** Compares two spans: what they were about, what they cost, and what they saw and said. */
export function compareSpans(
  a: SpanNode,
  b: SpanNode,
  options: CompareOptions = {},
): SpanDifference {
  const [left, right] = [recordOf(a), recordOf(b)]
  const { changes } = compareValues(...comparable(picked(left), picked(right)), options)
  return {
    fields: changes,
    measures: MEASURES.map((name) => ({
      name,
      a: numberOf(left, name),
      b: numberOf(right, name),
    })).filter((measure) => measure.a !== undefined || measure.b !== undefined),
    content: contentOf(a, b, options),
  }
}

/** The line that says most about a span: the terminal one, else the start line. */
export function recordOf({ start, end }: SpanNode): AnyRecord | undefined {
  return end ?? start
}

/** What a span saw and said, by reference. */
export function refsOf(node: SpanNode): readonly ContentRef[] {
  const record = recordOf(node)
  const { content } = (record ?? {}) as { content?: unknown }
  return record?.event !== 'content' && Array.isArray(content) ? (content as ContentRef[]) : []
}

function contentOf(a: SpanNode, b: SpanNode, options: CompareOptions): ContentDifference[] {
  const left = heldParts(refsOf(a), a.content)
  const right = heldParts(refsOf(b), b.content)
  return CONTENT_PARTS.filter((part) => left.has(part) || right.has(part)).map((part) =>
    compareContent(part, left.get(part), right.get(part), options),
  )
}

type Fields = Readonly<Record<string, unknown>>

function picked(record: AnyRecord | undefined): Fields {
  const known = (record ?? {}) as unknown as Fields
  const fields = FIELDS.filter((name) => known[name] !== undefined && known[name] !== null)
  return Object.fromEntries(fields.map((name) => [name, known[name]]))
}

/** Without the digests of chunks, where they were made with different keys; sizes follow from the texts. */
function comparable(a: Fields, b: Fields): [Fields, Fields] {
  const lists = [a, b].map(({ chunks }) => (Array.isArray(chunks) ? (chunks as Chunk[]) : []))
  const digests = lists.flat().flatMap(({ digest }) => digest ?? [])
  const hasOneKey = new Set(digests.map(keyOf)).size <= 1
  const bare = ({ bytes: _, digest, ...chunk }: Chunk): object =>
    hasOneKey && digest !== undefined ? { ...chunk, digest } : chunk
  const [left, right] = [a, b].map((fields) =>
    Array.isArray(fields.chunks) ? { ...fields, chunks: fields.chunks.map(bare) } : fields,
  )
  return [left ?? a, right ?? b]
}

function numberOf(record: AnyRecord | undefined, name: string): number | undefined {
  const value = (record as unknown as Fields | undefined)?.[name]
  return typeof value === 'number' ? value : undefined
}

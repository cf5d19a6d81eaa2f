import { type Chunk, LEVELS, type Status } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { id, text } from './field-readers.ts'
import { read, readFields } from './fields.ts'
import { statusLevel } from './levels.ts'
import { observe } from './observe.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { isAbandonedPromise } from './promises.ts'
import { failedStatus, recordedError } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'
import type { SpanBindings } from './span-bindings.ts'
import { spanOptions } from './span-options.ts'
import { withoutKnownEchoes } from './withheld.ts'

/** A lookup for a model. */
export interface RetrievalOptions extends SpanBindings {
  /** The index, table or service that is asked. */
  source: string
  /** The query. Kept only where content is open, like the chunks' texts. */
  query?: unknown
  /** For whom. */
  subject_id?: string
  /** Finds the chunks in what the function returns; default: an array, or its `chunks`, `documents`, `matches` or `results`. */
  chunks?: (found: never) => readonly unknown[]
  /** Asks for content: all, nothing, or these parts. */
  content?: ContentAsk
}

/** More chunks than this are left out. */
const MAX_CHUNKS = 200

/** Records a lookup around a function and returns what the function returns. */
export function recordRetrieval<T>(logger: AnyPino, options: RetrievalOptions, fn: () => T): T {
  const span = isSilent(logger)
    ? undefined
    : safely(
        () =>
          new OpenSpan(logger, recordingOf(logger), spanOptions(options), { event: 'retrieval' }),
      )
  if (span === undefined) return fn()
  const subject = {
    source: 'unknown',
    ...readFields(options, { source: text, subject_id: id }),
  }
  const finish = (status: Status, found: readonly unknown[], failure: object): void => {
    if (span.ended) return
    const duration_ms = span.elapsed()
    span.settle(span.endedFacts(statusLevel(status, LEVELS.info), status, duration_ms))
    safely(() => keepContent(span, read(options, 'query'), found))
    const fields = {
      ...subject,
      status,
      chunks: safely(() => describeChunks(found, span)) ?? [],
      ...failure,
    }
    span.finish('retrieval', statusLevel(status, LEVELS.info), duration_ms, fields)
    span.context.trace.retrieval_ms += duration_ms
    span.audit('data_access', 'data_source', String(subject.source), status)
  }
  const streamed: unknown[] = []
  return observe(fn, {
    run: (piece) => span.run(piece),
    chunk: (chunk) => {
      if (streamed.length < MAX_CHUNKS) streamed.push(chunk)
    },
    done: (value) =>
      finish(
        'ok',
        value === undefined ? streamed : (safely(() => findChunks(options, value)) ?? []),
        {},
      ),
    failed: (error) =>
      finish(failedStatus(error, undefined, false), [], {
        error: withoutKnownEchoes(recordedError(error), span.context.trace),
      }),
    stopped: () => finish('aborted', streamed, {}),
  })
}

function keepContent(span: OpenSpan, query: unknown, found: readonly unknown[]): void {
  if (query === undefined && found.length === 0) return
  span.keep('retrieved', { query, chunks: found })
}

const LISTS = ['chunks', 'documents', 'matches', 'results'] as const

function findChunks(options: RetrievalOptions, found: unknown): readonly unknown[] {
  const chunks = read(options, 'chunks') as RetrievalOptions['chunks']
  if (chunks !== undefined) return given(chunks(found as never))
  if (Array.isArray(found)) return found
  if (typeof found !== 'object' || found === null) return []
  const lists = LISTS.map((key) => read(found, key))
  return lists.find((list) => Array.isArray(list)) ?? []
}

function given(chunks: unknown): readonly unknown[] {
  const isPromise = isAbandonedPromise(chunks)
  if (!isPromise && Array.isArray(chunks)) return chunks
  const what = isPromise ? 'a promise; await it in the function that is recorded' : typeof chunks
  throw new TypeError(`Expected \`chunks\` to return a list at once, got ${what}`)
}

function describeChunks(found: readonly unknown[], span: OpenSpan): Chunk[] {
  // Not map: it would leave the holes of a sparse array as they are.
  return Array.from(found.slice(0, MAX_CHUNKS), (chunk) => describeChunk(chunk, span))
}

/** The names under which retrievers give an id, a score and a text. */
function describeChunk(chunk: unknown, span: OpenSpan): Chunk {
  if (typeof chunk === 'string') return describeText(chunk, span)
  if (typeof chunk !== 'object' || chunk === null) return {}
  const metadata = read(chunk, 'metadata')
  const inner = typeof metadata === 'object' && metadata !== null ? metadata : {}
  const described: Chunk = {}
  const source =
    firstOf(chunk, ['source_id', 'id', 'source']) ?? firstOf(inner, ['source_id', 'id', 'source'])
  const score = firstOf(chunk, ['score', 'similarity', '_score'])
  const subject = firstOf(chunk, ['subject_id']) ?? firstOf(inner, ['subject_id'])
  const text = firstOf(chunk, ['text', 'content', 'pageContent'])
  if (source !== undefined) described.source_id = id(source) as string
  if (typeof score === 'number' && Number.isFinite(score)) described.score = score
  if (subject !== undefined) described.subject_id = id(subject) as string
  return typeof text === 'string' ? { ...described, ...describeText(text, span) } : described
}

function describeText(text: string, span: OpenSpan): Chunk {
  const bytes = Buffer.byteLength(text)
  const digest = span.digest('retrieved', text)
  return digest === undefined ? { bytes } : { digest, bytes }
}

function firstOf(source: object, keys: readonly string[]): string | number | undefined {
  const values = keys.map((key) => read(source, key))
  return values.find((value) => typeof value === 'string' || typeof value === 'number')
}

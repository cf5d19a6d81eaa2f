import type {
  AnyRecord,
  Content,
  ContentPart,
  EventTypes,
  LlmCall,
  Retrieval,
  SpanNode,
  ToolCall,
  Validation,
} from '@recount/record'
import { read, readList } from '../safe-read.ts'

/** A trace as records, or as the tree that `spanTrees` and `recount show --json` make. */
export type TraceData = readonly AnyRecord[] | { readonly roots: readonly SpanNode[] }

/** A terminal line with what was kept of what it saw and said. */
export interface Seen<R extends AnyRecord> {
  readonly record: R
  readonly span_id: string
  readonly content: ReadonlyMap<ContentPart, unknown>
  /** Sizes of parts, also of those whose text is not here; UTF-8 bytes. */
  readonly bytes: ReadonlyMap<ContentPart, number>
}

/** A verdict on an answer: one line for each rule that failed. */
export interface Judged {
  readonly span_id: string
  readonly lines: readonly Validation[]
  readonly content: ReadonlyMap<ContentPart, unknown>
  /** The call whose answer it is. */
  readonly call: Seen<LlmCall> | undefined
}

/** What a trace says, by kind, in the order in which it began. */
export interface Facts {
  readonly trace_id: string
  readonly calls: readonly Seen<LlmCall>[]
  readonly tools: readonly Seen<ToolCall>[]
  readonly retrievals: readonly Seen<Retrieval>[]
  readonly verdicts: readonly Judged[]
  readonly finals: readonly Seen<EventTypes['final_response']>[]
  readonly failedSteps: readonly Seen<EventTypes['step']>[]
  readonly interrupted: readonly Interrupted[]
}

/** A span that began and has no end. */
export interface Interrupted {
  readonly span_id: string
  readonly event: string
  /** What is around it has ended, so the process lived on. */
  readonly isLeft: boolean
}

/** Sorts the records of a trace by what they tell; never throws. */
export function factsOf(trace: TraceData): Facts {
  const records = recordsOf(trace)
  const contents = contentBySpan(records)
  const of = <E extends AnyRecord['event']>(event: E): Seen<EventTypes[E] & AnyRecord>[] =>
    records
      .filter((record): record is EventTypes[E] & AnyRecord => record.event === event)
      .map((record) => seen(record, contents))
  const calls = of('llm_call')
  const steps = of('step')
  const retrievals = of('retrieval').filter(({ record }) => Array.isArray(record.chunks))
  return {
    trace_id: records.find(({ trace_id }) => typeof trace_id === 'string')?.trace_id ?? '',
    calls,
    tools: of('tool_call'),
    retrievals,
    verdicts: judgements(of('validation'), calls),
    finals: of('final_response'),
    failedSteps: steps.filter(({ record }) => record.status === 'error'),
    interrupted: openSpans(records),
  }
}

function recordsOf(trace: TraceData): AnyRecord[] {
  const roots: unknown = Array.isArray(trace) ? undefined : read(trace, 'roots')
  const records = roots === undefined ? readList(trace, MAX_RECORDS) : flattened(roots)
  return records.filter(isRecord).sort((a, b) => beganAt(a) - beganAt(b))
}

const MAX_RECORDS = 1_000_000

function isRecord(value: unknown): value is AnyRecord {
  return typeof read(value, 'event') === 'string'
}

function flattened(roots: unknown): unknown[] {
  const records: unknown[] = []
  const waiting = readList(roots, MAX_RECORDS)
  const seen = new Set<unknown>()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    records.push(read(node, 'start'), read(node, 'end'))
    for (const record of readList(read(node, 'content'), MAX_RECORDS)) records.push(record)
    for (const record of readList(read(node, 'about'), MAX_RECORDS)) records.push(record)
    for (const child of readList(read(node, 'children'), MAX_RECORDS)) waiting.push(child)
  }
  return records
}

function beganAt(record: AnyRecord): number {
  const time = 'start_time' in record ? record.start_time : record.time
  return typeof time === 'number' ? time : 0
}

type Contents = ReadonlyMap<string, Map<ContentPart, unknown>>

function contentBySpan(records: readonly AnyRecord[]): Contents {
  const spans = new Map<string, Map<ContentPart, unknown>>()
  const lines = records.filter((record): record is Content => record.event === 'content')
  for (const { span_id, part, content } of lines) {
    const parts = spans.get(span_id) ?? new Map<ContentPart, unknown>()
    spans.set(span_id, parts)
    parts.set(part, content)
  }
  return spans
}

function seen<R extends AnyRecord>(record: R, contents: Contents): Seen<R> {
  const span_id = record.span_id ?? ''
  const refs = 'content' in record && Array.isArray(record.content) ? record.content : []
  return {
    record,
    span_id,
    content: contents.get(span_id) ?? new Map(),
    bytes: new Map(refs.flatMap((ref) => (ref ? [[ref.part, ref.bytes] as const] : []))),
  }
}

function judgements(lines: readonly Seen<Validation>[], calls: readonly Seen<LlmCall>[]): Judged[] {
  return [...groupBySpan(lines).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const parent = first.record.parent_span_id
    return {
      span_id: first.span_id,
      lines: group.map(({ record }) => record),
      content: first.content,
      call: calls.find(({ span_id }) => span_id === parent) ?? callBefore(first.record, calls),
    }
  })
}

function groupBySpan(lines: readonly Seen<Validation>[]): Map<string, Seen<Validation>[]> {
  const groups = new Map<string, Seen<Validation>[]>()
  for (const line of lines) groups.set(line.span_id, [...(groups.get(line.span_id) ?? []), line])
  return groups
}

/** Where a verdict names no call, it is about the last one before it. */
function callBefore(
  { time }: Validation,
  calls: readonly Seen<LlmCall>[],
): Seen<LlmCall> | undefined {
  return calls.findLast(({ record }) => record.time <= time)
}

function openSpans(records: readonly AnyRecord[]): Interrupted[] {
  const ended = new Set(
    records.filter((record) => 'duration_ms' in record).map(({ span_id = '' }) => span_id),
  )
  return records
    .filter(({ event, span_id }) => event.endsWith('_started') && !ended.has(span_id ?? ''))
    .map(({ event, span_id = '', parent_span_id = '' }) => ({
      span_id,
      event,
      isLeft: ended.has(parent_span_id),
    }))
}

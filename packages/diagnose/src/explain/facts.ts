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
  /** Spans that began and have no end. */
  readonly interrupted: readonly { span_id: string; event: string }[]
}

/** Sorts the records of a trace by what they tell. */
export function factsOf(trace: TraceData): Facts {
  const records = recordsOf(trace)
  const contents = contentBySpan(records)
  const of = <E extends AnyRecord['event']>(event: E): Seen<EventTypes[E] & AnyRecord>[] =>
    records
      .filter((record): record is EventTypes[E] & AnyRecord => record.event === event)
      .map((record) => seen(record, contents))
  const calls = of('llm_call')
  const steps = of('step')
  return {
    trace_id: records.find(({ trace_id }) => trace_id !== undefined)?.trace_id ?? '',
    calls,
    tools: of('tool_call'),
    retrievals: of('retrieval'),
    verdicts: judgements(of('validation'), calls),
    finals: of('final_response'),
    failedSteps: steps.filter(({ record }) => record.status === 'error'),
    interrupted: openSpans(records),
  }
}

function recordsOf(trace: TraceData): AnyRecord[] {
  const records = 'roots' in trace ? flattened(trace.roots) : [...trace]
  return records.sort((a, b) => beganAt(a) - beganAt(b))
}

function flattened(roots: readonly SpanNode[]): AnyRecord[] {
  const records: AnyRecord[] = []
  const waiting = [...roots]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { start, end, content, about, children } = node
    for (const record of [start, end, ...content, ...about])
      if (record !== undefined) records.push(record)
    waiting.push(...children)
  }
  return records
}

function beganAt(record: AnyRecord): number {
  return 'start_time' in record ? record.start_time : record.time
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
    bytes: new Map(refs.map(({ part, bytes }) => [part, bytes])),
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

function openSpans(records: readonly AnyRecord[]): { span_id: string; event: string }[] {
  const ended = new Set(
    records.filter((record) => 'duration_ms' in record).map(({ span_id = '' }) => span_id),
  )
  return records
    .filter(({ event, span_id }) => event.endsWith('_started') && !ended.has(span_id ?? ''))
    .map(({ event, span_id = '' }) => ({ span_id, event }))
}

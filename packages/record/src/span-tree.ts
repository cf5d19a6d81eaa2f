import type { Content } from './events/content.ts'
import type { AnyRecord } from './events.ts'

/** A span with what was recorded about it and what happened inside it. */
export interface SpanNode {
  readonly span_id: string
  parent_span_id: string | undefined
  /** The start line, where there is one. */
  start: AnyRecord | undefined
  /** The terminal line, or the only line; without one the span was interrupted. */
  end: AnyRecord | undefined
  /** What it saw and said, where that was kept. */
  readonly content: Content[]
  /** Lines about it: user actions, evaluations. */
  readonly about: AnyRecord[]
  readonly children: SpanNode[]
}

/** The spans of one trace; several roots where lines of the middle are missing. */
export interface TraceTree {
  readonly trace_id: string
  readonly roots: SpanNode[]
}

const ABOUT = ['user_action', 'evaluation', 'error_diagnosed']

/**
 * Puts records together into traces, in the order in which they began; start and terminal lines, late lines and lines of
 * other processes may come in any order. Lines that name no trace are left out.
 */
export function spanTrees(records: Iterable<AnyRecord>): TraceTree[] {
  const traces = new Map<string, Map<string, SpanNode>>()
  for (const record of records) {
    if (record.trace_id === undefined) continue
    const spans = traces.get(record.trace_id) ?? new Map<string, SpanNode>()
    traces.set(record.trace_id, spans)
    place(spans, record)
  }
  return [...traces].map(([trace_id, spans]) => ({ trace_id, roots: grow(spans) }))
}

/** When a span began, epoch milliseconds. */
export function beganAt(node: SpanNode): number {
  const { start, end } = node
  if (end !== undefined && 'start_time' in end) return end.start_time
  return start?.time ?? end?.time ?? node.content[0]?.time ?? 0
}

function place(spans: Map<string, SpanNode>, record: AnyRecord): void {
  const span_id = record.span_id ?? ''
  const node = spans.get(span_id) ?? newNode(span_id)
  spans.set(span_id, node)
  if (ABOUT.includes(record.event)) {
    node.about.push(record)
    return
  }
  node.parent_span_id ??= record.parent_span_id
  if (record.event === 'content') node.content.push(record)
  else if (record.event.endsWith('_started')) node.start = record
  // A validation has a line for each rule that failed.
  else if (node.end?.event === 'validation') node.about.push(record)
  else node.end = record
}

function newNode(span_id: string): SpanNode {
  return {
    span_id,
    parent_span_id: undefined,
    start: undefined,
    end: undefined,
    content: [],
    about: [],
    children: [],
  }
}

function grow(spans: Map<string, SpanNode>): SpanNode[] {
  const circular = cycles(spans)
  const roots: SpanNode[] = []
  for (const node of spans.values()) {
    const parent = circular.has(node) ? undefined : parentOf(spans, node)
    if (parent === undefined) roots.push(node)
    else parent.children.push(node)
  }
  for (const node of spans.values()) node.children.sort(byStart)
  return roots.sort(byStart)
}

/** Hostile or broken logs may say that spans contain each other; those are roots. Each node is walked over once. */
function cycles(spans: Map<string, SpanNode>): Set<SpanNode> {
  const circular = new Set<SpanNode>()
  const walked = new Map<SpanNode, SpanNode>()
  for (const start of spans.values()) {
    let at: SpanNode | undefined = start
    while (at !== undefined && !walked.has(at)) {
      walked.set(at, start)
      at = parentOf(spans, at)
    }
    // Back on the way just walked: from here round to here is a cycle.
    if (at === undefined || walked.get(at) !== start) continue
    for (; at !== undefined && !circular.has(at); at = parentOf(spans, at)) circular.add(at)
  }
  return circular
}

function parentOf(spans: Map<string, SpanNode>, node: SpanNode): SpanNode | undefined {
  return node.parent_span_id === undefined ? undefined : spans.get(node.parent_span_id)
}

function byStart(a: SpanNode, b: SpanNode): number {
  return beganAt(a) - beganAt(b)
}

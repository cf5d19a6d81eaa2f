import type { AnyRecord, SpanNode } from '@recount/record'
import type { CollectedTrace } from './collect-trace.ts'
import { spanText } from './span-text.ts'
import { MAX_DEPTH } from './tree-text.ts'

/** The tree as one JSON document: the records as they were written, put in order. */
export function treeJson(trace: CollectedTrace): object {
  const { trace_id, roots, edits, audit, audit_left_out, erased, invalid, left_out } = trace
  return {
    trace_id,
    roots: roots.map((root) => nodeJson(trace, root)),
    edits: [...edits.values()],
    audit,
    audit_left_out,
    erased,
    invalid,
    left_out,
  }
}

/** `status` is the word that the tree shows, so that an interrupted span is told in one place. */
function nodeJson(trace: CollectedTrace, node: SpanNode, depth = 0): object {
  const { span_id, parent_span_id, start, end, content, about, children } = node
  const verdicts = trace.validations.get(span_id) ?? []
  return {
    span_id,
    parent_span_id: parent_span_id ?? null,
    status: spanText(node, verdicts).status,
    start: start ?? null,
    end: end === undefined ? null : withUnknown(end),
    ...(verdicts.length > 0 ? { validations: verdicts } : {}),
    content,
    about,
    children: depth === MAX_DEPTH ? [] : children.map((child) => nodeJson(trace, child, depth + 1)),
    ...(depth === MAX_DEPTH && children.length > 0 ? { deeper: true } : {}),
  }
}

/** What a log of another shape does not say is null, not left out, and no moment in 1970. */
function withUnknown(end: AnyRecord): object {
  const line: object = end
  if (end.time === 0) return { duration_ms: null, ...line, time: null, start_time: null }
  return 'status' in line && !('duration_ms' in line) ? { ...line, duration_ms: null } : line
}

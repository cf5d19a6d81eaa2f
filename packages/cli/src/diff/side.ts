import type { SpanNode } from '@recount/record'

/** One side of a difference: a trace, or a span of it with what is inside. */
export interface Side {
  readonly trace_id: string
  readonly roots: readonly SpanNode[]
}

/** The span that an id names, with what is inside it; the whole trace where it names that. */
export function namedSpans(id: string, { trace_id, roots }: Side): Side {
  const hex = id.toLowerCase().replaceAll('-', '')
  if (trace_id.startsWith(hex)) return { trace_id, roots }
  const waiting = [...roots]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (hex.length >= 6 && node.span_id.startsWith(hex)) return { trace_id, roots: [node] }
    waiting.push(...node.children)
  }
  return { trace_id, roots }
}

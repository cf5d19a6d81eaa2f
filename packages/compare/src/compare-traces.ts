import type { SpanNode } from '@recount/record'
import { align, type Pair } from './align.ts'
import { compareSpans, recordOf, refsOf, type SpanDifference } from './compare-spans.ts'
import type { CompareOptions } from './compare-text.ts'
import { gramsOf, similarity } from './similarity.ts'

/** A span of two trees side by side, with what happened inside it. */
export interface SpanRow {
  /** `changed` says that the span itself differs; its children speak for themselves. */
  readonly kind: 'same' | 'changed' | 'added' | 'removed'
  readonly a: SpanNode | undefined
  readonly b: SpanNode | undefined
  /** Where both are there. */
  readonly difference: SpanDifference | undefined
  readonly children: readonly SpanRow[]
}

/** The difference of two trees. */
export interface TraceDifference {
  readonly isEqual: boolean
  readonly rows: readonly SpanRow[]
  /** How many spans of each kind there are. */
  readonly counts: Readonly<Record<SpanRow['kind'], number>>
}

/** Spans below this depth are not looked at. */
const MAX_DEPTH = 100

/**
 * Compares two traces, or two spans with what is inside them: trees are aligned by kind, name, content and order; a span
 * that was renamed, or that asked another model, keeps its partner.
 */
export function compareTraces(
  a: readonly SpanNode[],
  b: readonly SpanNode[],
  options: CompareOptions = {},
): TraceDifference {
  const rows = rowsOf(a, b, options, 0)
  const counts = { same: 0, changed: 0, added: 0, removed: 0 }
  count(rows, counts)
  const isEqual = counts.changed + counts.added + counts.removed === 0
  return { isEqual, rows, counts }
}

/** What kind of thing a span is: its event without `_started`. */
export function kindOfSpan(node: SpanNode): string {
  return recordOf(node)?.event.replace(/_started$/, '') ?? 'unknown'
}

/** What a span is called: its tool, source, prompt, step or name; empty where it has none. */
export function nameOfSpan(node: SpanNode): string {
  const { tool, source, prompt, step, span_name, workflow } = (recordOf(node) ?? {}) as Named
  return tool ?? source ?? prompt?.name ?? step ?? span_name ?? workflow ?? ''
}

interface Named {
  readonly tool?: string
  readonly source?: string
  readonly prompt?: { readonly name?: string }
  readonly step?: string
  readonly span_name?: string
  readonly workflow?: string
}

interface Item {
  readonly node: SpanNode
  readonly kind: string
  readonly name: string
  /** Kind, name, and digests of what it saw and said. */
  readonly identity: string
  /** The same for what is inside it. */
  readonly inside: ReadonlySet<string>
}

function rowsOf(
  a: readonly SpanNode[],
  b: readonly SpanNode[],
  options: CompareOptions,
  depth: number,
): SpanRow[] {
  if (depth > MAX_DEPTH) return []
  const likeness = { identity: ({ identity }: Item) => identity, score }
  return align(a.map(itemOf), b.map(itemOf), likeness).pairs.map((pair) =>
    rowOf(pair, options, depth),
  )
}

function rowOf({ a, b }: Pair<Item>, options: CompareOptions, depth: number): SpanRow {
  const [left, right] = [a?.node, b?.node]
  const children = rowsOf(left?.children ?? [], right?.children ?? [], options, depth + 1)
  if (left === undefined || right === undefined) {
    const kind = left === undefined ? 'added' : 'removed'
    return { kind, a: left, b: right, difference: undefined, children }
  }
  const difference = compareSpans(left, right, options)
  const isSame =
    a?.name === b?.name &&
    difference.fields.length === 0 &&
    difference.content.every(({ kind }) => kind === 'same')
  return { kind: isSame ? 'same' : 'changed', a: left, b: right, difference, children }
}

function itemOf(node: SpanNode): Item {
  const [kind, name] = [kindOfSpan(node), nameOfSpan(node)]
  const digests = refsOf(node).map(({ part, digest }) => `${part} ${digest}`)
  return {
    node,
    kind,
    name,
    identity: [kind, name, ...digests.sort()].join('\n'),
    inside: new Set(node.children.map((child) => `${kindOfSpan(child)} ${nameOfSpan(child)}`)),
  }
}

/** Of the same kind rather than not at all; then by name, by what they saw, by what is inside. */
function score(a: Item, b: Item): number {
  if (a.kind !== b.kind) return 0
  const likeness =
    similarity(gramsOf(a.identity), gramsOf(b.identity)) + similarity(a.inside, b.inside)
  return (a.name === b.name ? 1 : 0.1) + likeness / 2
}

function count(rows: readonly SpanRow[], counts: Record<SpanRow['kind'], number>): void {
  for (const { kind, children } of rows) {
    counts[kind] += 1
    count(children, counts)
  }
}

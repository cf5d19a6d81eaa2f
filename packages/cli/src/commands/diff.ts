import { compareTraces } from '@recount/compare'
import { beganAt, type SpanNode } from '@recount/record'
import { differenceText } from '../diff/difference-text.ts'
import { EXIT } from '../errors.ts'
import { momentText } from '../numbers-text.ts'
import { plainJson } from '../plain-text.ts'
import { chooseTrace, namedTrace } from '../show/choose-trace.ts'
import type { CollectedTrace } from '../show/collect-trace.ts'
import { wrapped } from '../show/layout.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount diff`. */
export interface DiffOptions {
  readonly full?: boolean
  readonly json?: boolean
}

/** Prints what differs between two traces or two spans. 1 when something does, 0 when nothing does. */
export async function diffTraces(
  a: string,
  b: string,
  patterns: readonly string[],
  { full, json }: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const { trace, inputs } = await chooseTrace(a, patterns, terminal)
  const other = await namedTrace(b, inputs, terminal)
  const [left, right] = [namedSpans(a, trace), namedSpans(b, other)]
  const difference = compareTraces(left, right)
  terminal.print(
    json
      ? `${plainJson(difference, 2)}\n`
      : `${[headLine('a', trace, left), headLine('b', other, right)].flatMap((head) => wrapped(head, terminal.columns)).join('\n')}\n${differenceText(difference, terminal, full)}`,
  )
  return difference.isEqual ? EXIT.done : EXIT.no
}

/** The span that an id names, with what is inside it; the whole trace where it names that. */
function namedSpans(id: string, { trace_id, roots }: CollectedTrace): readonly SpanNode[] {
  const hex = id.toLowerCase().replaceAll('-', '')
  if (trace_id.startsWith(hex)) return roots
  const waiting = [...roots]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (hex.length >= 6 && node.span_id.startsWith(hex)) return [node]
    waiting.push(...node.children)
  }
  return roots
}

function headLine(
  side: string,
  { trace_id }: CollectedTrace,
  [first]: readonly SpanNode[],
): string {
  return `${side}  ${trace_id}${first === undefined ? '' : `  ${momentText(beganAt(first))}`}`
}

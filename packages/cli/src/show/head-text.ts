import { beganAt, type SpanNode } from '@recount/record'
import { momentText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { CollectedTrace } from './collect-trace.ts'
import { wrapped } from './layout.ts'
import type { TreeOptions } from './tree-text.ts'

const PEOPLE = ['user_id', 'tenant_id', 'session_id', 'service', 'environment', 'release'] as const

/** What stands above a tree: which trace, when, how many calls, for whom. */
export function headText(trace: CollectedTrace, { paint, columns }: TreeOptions): string {
  const [root] = trace.roots
  const record = root?.end ?? root?.start ?? root?.about[0]
  const title = `${paint('bold', 'trace')} ${plainLine(trace.trace_id)}`
  if (root === undefined || record === undefined) return `${title}\n`
  const people = PEOPLE.filter((key) => record[key] !== undefined).map(
    (key) => `${key.replace('_id', '')} ${record[key]}`,
  )
  const lines = [[momentText(beganAt(root)), ...countWords(trace.roots)], people]
    .filter((words) => words.length > 0)
    .flatMap((words) => factLines(words, columns))
  return `${[title, ...lines].join('\n')}\n`
}

const NO_BREAK = '\u00a0'

/** A fact stays on one line where it fits. */
function factLines(facts: readonly string[], columns: number): string[] {
  const text = facts.map((fact) => fact.replaceAll(' ', NO_BREAK)).join(' · ')
  return wrapped(plainLine(text.replaceAll(' ·', `${NO_BREAK}·`)), columns).map((line) =>
    line.replaceAll(NO_BREAK, ' '),
  )
}

function countWords(roots: readonly SpanNode[]): string[] {
  const counts = { calls: 0, tools: 0, retrievals: 0 }
  const nodes = [...roots]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const event = (node.end ?? node.start)?.event ?? ''
    if (event.startsWith('llm_call')) counts.calls += 1
    if (event.startsWith('tool_call')) counts.tools += 1
    if (event === 'retrieval') counts.retrievals += 1
    nodes.push(...node.children)
  }
  return [
    ...(counts.calls > 0 ? [plural(counts.calls, 'model call')] : []),
    ...(counts.tools > 0 ? [plural(counts.tools, 'tool call')] : []),
    ...(counts.retrievals > 0 ? [plural(counts.retrievals, 'retrieval')] : []),
  ]
}

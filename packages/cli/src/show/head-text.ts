import { beganAt, type SpanNode } from '@recount/record'
import { momentText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { CollectedTrace } from './collect-trace.ts'
import { clipped } from './layout.ts'
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
    .map((words) => clipped(plainLine(words.join(' · ')), columns))
  return `${[title, ...lines].join('\n')}\n`
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

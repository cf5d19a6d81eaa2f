import { painter, type Terminal } from '../terminal.ts'
import { auditText } from './audit-text.ts'
import type { CollectedTrace } from './collect-trace.ts'
import { headText } from './head-text.ts'
import { treeText } from './tree-text.ts'

/** A trace for a terminal: what it is, and its tree; `full` with all content. */
export function traceText(trace: CollectedTrace, terminal: Terminal, full = false): string {
  const options = { columns: terminal.columns, paint: painter(terminal.color), full }
  return `${headText(trace, options)}\n${treeText(trace, options)}${auditText(trace, options)}`
}

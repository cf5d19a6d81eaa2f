import type { AuditRow } from '@recount/store'
import { momentText } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { clipped } from './layout.ts'
import type { TreeOptions } from './tree-text.ts'

/** What audit logs say about a trace, by log and place; empty without any. It is what was read, and proves nothing. */
export function auditText(
  rows: readonly AuditRow[],
  { paint, columns }: Pick<TreeOptions, 'paint' | 'columns'>,
): string {
  if (rows.length === 0) return ''
  const head = paint('bold', 'audit')
  const hint = paint('dim', '(copies: the log itself, once verified, is the authority)')
  const lines = rows.map((row) => `  ${clipped(entryLine(row), Math.max(columns - 2, 20))}`)
  return `\n${head} ${hint}\n${lines.join('\n')}\n`
}

function entryLine({ log, seq, time, action, outcome, actor, target }: AuditRow): string {
  const what = target === null ? '' : ` → ${target.type} ${target.id}`
  return plainLine(
    `${log} #${seq}  ${momentText(time)}  ${action} ${outcome}  ${actor.type} ${actor.id}${what}`,
  )
}

import type { AuditRow } from '@recount/store'
import { countText, momentText } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { CollectedTrace } from './collect-trace.ts'
import { clipped } from './layout.ts'
import type { TreeOptions } from './tree-text.ts'

/** What audit logs say about a trace, by log and place; empty without any. It is what was read, and proves nothing. */
export function auditText(
  { audit: rows, audit_left_out }: Pick<CollectedTrace, 'audit' | 'audit_left_out'>,
  { paint, columns }: Pick<TreeOptions, 'paint' | 'columns'>,
): string {
  if (rows.length === 0) return ''
  const head = paint('bold', 'audit')
  const hint = paint('dim', '(copies: the log itself, once verified, is the authority)')
  const lines = rows.map((row) => `  ${clipped(entryLine(row), Math.max(columns - 2, 20))}`)
  const more =
    audit_left_out === 0 ? '' : `  and ${countText(audit_left_out)} more: recount audit log\n`
  return `\n${head} ${hint}\n${lines.join('\n')}\n${more}`
}

function entryLine({ log, seq, time, action, outcome, actor, target }: AuditRow): string {
  const what = target === null ? '' : ` → ${target.type} ${target.id}`
  return plainLine(
    `${log} #${seq}  ${momentText(time)}  ${action} ${outcome}  ${actor.type} ${actor.id}${what}`,
  )
}

import type { AnyRecord, Content } from '@recount/record'
import { type SpanFacts, type SpanSummary, spanFacts } from '../read/span-summary.ts'
import type { AuditRow } from '../records/audit-row.ts'
import { contentPieces, type Kept, pieceText, saidPieces } from '../records/pieces.ts'
import { queryPiece, queryText } from '../records/query-text.ts'
import { isLoose, lineHash, slotOf } from '../records/slot.ts'

/** A span in memory. */
export interface MemorySpan {
  facts: SpanFacts
  readonly lines: Map<string, AnyRecord>
}

/** What is said somewhere, and by which span or late line. */
export interface Said {
  readonly part: string
  readonly text: string
}

/** All lines, by span; late lines apart. */
export class MemorySpans {
  readonly spans: Map<string, MemorySpan> = new Map()
  readonly late: Map<string, AnyRecord> = new Map()
  /** Entries of audit logs, by log and place. */
  readonly audit: Map<string, AuditRow> = new Map()

  /** Whether it says more than what was there. */
  add(record: AnyRecord): boolean {
    const facts = isLoose(record) ? undefined : spanFacts(record)
    const hash = lineHash(record)
    if (facts === undefined) return isNew(this.late, hash, record, hash)
    const key = keyOf(record)
    const span = this.spans.get(key)
    if (span === undefined) {
      this.spans.set(key, { facts, lines: new Map([[slotOf(record, hash), record]]) })
      return true
    }
    if (facts.rank >= span.facts.rank) span.facts = facts
    return isNew(span.lines, slotOf(record, hash), record, hash)
  }
}

/** A span is one tenant's: another tenant's line with the same ids is another span. */
function keyOf({ tenant_id = '', trace_id, span_id }: AnyRecord): string {
  return `${trace_id} ${span_id} ${tenant_id}`
}

/** A span without what only engines need. */
export function summaryOf({ facts }: MemorySpan): SpanSummary {
  const { rank: _, ...summary } = facts
  return summary
}

/** Everything that a line says in words. */
export function saidIn(record: AnyRecord): Said[] {
  const kept: Kept[] = record.event === 'content' ? [contentPieces(record)] : saidPieces(record)
  return kept.flatMap(({ part, pieces }) =>
    pieces.map((piece) => ({ part, text: pieceText(piece) })),
  )
}

/** What a span was asked; undefined where that was not kept. */
export function askedIn(span: MemorySpan): string | undefined {
  const input = [...span.lines.values()].find(
    (line): line is Content => line.event === 'content' && line.part === 'input',
  )
  const piece = input === undefined ? undefined : queryPiece(contentPieces(input).pieces)
  return piece === undefined ? undefined : queryText(piece)
}

function isNew(lines: Map<string, AnyRecord>, slot: string, record: AnyRecord, hash: string) {
  const before = lines.get(slot)
  lines.set(slot, record)
  return before === undefined || lineHash(before) !== hash
}

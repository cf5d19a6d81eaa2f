import type { Input } from '@recount/analyze'
import {
  type AnyRecord,
  type Content,
  type SpanNode,
  spanTrees,
  type Validation,
} from '@recount/record'
import { type AuditRow, auditRowOf } from '@recount/store'
import { recordFindings } from '../record-findings.ts'
import { withoutErased } from './erased.ts'
import { aboutAnswers, readLateLines } from './late-lines.ts'
import { type RawRecord, scan } from './scan.ts'

/** One trace, put together from all files. */
export interface CollectedTrace {
  readonly trace_id: string
  readonly roots: readonly SpanNode[]
  /** All verdicts of a span: one line for each rule that failed. */
  readonly validations: ReadonlyMap<string, readonly Validation[]>
  /** What users changed answers into, by digest. */
  readonly edits: ReadonlyMap<string, Content>
  /** Pieces of content that tombstones took away. */
  readonly erased: number
  /** Lines that are not valid records and were left out. */
  readonly invalid: number
  /** Lines beyond what is kept in memory. */
  readonly left_out: number
  /** Entries of audit logs that name it. */
  readonly audit: readonly AuditRow[]
  /** How many there are beyond the first 10,000. */
  readonly audit_left_out: number
}

/** Bytes of lines of one trace that are kept in memory. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_AUDIT = 10_000

/**
 * Collects a trace: its own lines, then lines of other processes that name its answers by `message_id`, and tombstones.
 * Memory is bounded by the trace, and by 64 MiB of its lines.
 */
export async function collectTrace(
  trace_id: string,
  inputs: readonly Input[],
  onBytes: (bytes: number) => void,
): Promise<CollectedTrace> {
  const kept = new KeptRecords()
  const audit = new Map<string, AuditRow>()
  let auditLeftOut = 0
  await scan(inputs, {
    needles: [trace_id],
    onBytes,
    visit: (record, bytes) => {
      if (record.trace_id === trace_id) kept.add(record, bytes)
      const entry = auditRowOf(record)
      if (entry?.trace_id !== trace_id) return
      if (audit.size < MAX_AUDIT) audit.set(`${entry.log} ${entry.seq}`, entry)
      else auditLeftOut += 1
    },
  })
  const late = await readLateLines(kept.records, inputs, onBytes)
  const about = aboutAnswers(trace_id, kept.records, late.about)
  const { records, count } = withoutErased([...about, ...late.edits], late.tombstones)
  const edits = records.filter((record) => record.event === 'content').filter(isEdit)
  const [tree] = spanTrees(records.filter((record) => !isEdit(record)))
  return {
    trace_id,
    roots: tree?.roots ?? [],
    validations: bySpan(records),
    edits: new Map(edits.map((edit) => [edit.digest, edit])),
    erased: count,
    invalid: kept.invalid,
    left_out: kept.leftOut,
    audit: [...audit.values()],
    audit_left_out: auditLeftOut,
  }
}

class KeptRecords {
  readonly records: AnyRecord[] = []
  invalid = 0
  leftOut = 0
  #bytes = 0

  add(record: RawRecord, bytes: number): void {
    if (recordFindings(record).length > 0) {
      this.invalid += 1
    } else if (this.#bytes + bytes > MAX_BYTES) {
      this.leftOut += 1
    } else {
      this.#bytes += bytes
      this.records.push(record as unknown as AnyRecord)
    }
  }
}

/** An edit has a span of its own, in which nothing happened; it is shown where it is named. */
function isEdit(record: AnyRecord): boolean {
  return record.event === 'content' && record.part === 'user_edit'
}

function bySpan(records: readonly AnyRecord[]): Map<string, Validation[]> {
  const verdicts = new Map<string, Validation[]>()
  for (const record of records) {
    if (record.event !== 'validation') continue
    verdicts.set(record.span_id, [...(verdicts.get(record.span_id) ?? []), record])
  }
  return verdicts
}

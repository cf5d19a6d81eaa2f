import type { AnyRecord } from '@recount/record'
import { type SpanFacts, spanFacts } from '../read/span-summary.ts'
import { contentPieces, type Kept, saidPieces } from '../records/pieces.ts'
import { isLoose, lineHash, slotOf } from '../records/slot.ts'

/** A record, taken apart for its tables. */
export interface Prepared {
  readonly record: AnyRecord
  readonly tenant: string
  /** Of late lines undefined. */
  readonly facts: SpanFacts | undefined
  /** Of content undefined. */
  readonly slot: string | undefined
  /** Tells two lines of one slot apart. */
  readonly sum: string
  readonly kept: readonly Kept[]
}

/** Takes a record apart. */
export function prepared(record: AnyRecord): Prepared {
  const { tenant_id: tenant = '' } = record
  const facts = isLoose(record) ? undefined : spanFacts(record)
  if (record.event === 'content') {
    return { record, tenant, facts, slot: undefined, sum: '', kept: [contentPieces(record)] }
  }
  const sum = lineHash(record)
  return { record, tenant, facts, slot: slotOf(record, sum), sum, kept: saidPieces(record) }
}

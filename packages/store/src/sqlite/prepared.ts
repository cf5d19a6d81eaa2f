import type { AnyRecord } from '@recount/record'
import { RANK, type SpanFacts, spanFacts } from '../read/span-summary.ts'
import { contentPieces, type Kept, saidPieces } from '../records/pieces.ts'
import { isLoose, isSingle, lineHash, slotOf } from '../records/slot.ts'

/** A record, taken apart for its tables. */
export interface Prepared {
  readonly record: AnyRecord
  readonly tenant: string
  /** How much it says about its span (`RANK`); of late lines undefined. */
  readonly rank: number | undefined
  /** What it says about its span; of late lines undefined, and of content, which seldom has to say it: `factsOf`. */
  readonly facts: SpanFacts | undefined
  /** Of content undefined. */
  readonly slot: string | undefined
  /** Tells late lines apart; of others empty, as they are compared only where there is something to compare them with. */
  readonly sum: string
  readonly kept: readonly Kept[]
}

/** Takes a record apart. */
export function prepared(record: AnyRecord): Prepared {
  const { tenant_id: tenant = '', event } = record
  if (event === 'content') {
    const kept = [contentPieces(record)]
    return { record, tenant, rank: RANK.content, facts: undefined, slot: undefined, sum: '', kept }
  }
  const kept = saidPieces(record)
  if (isSingle(event)) {
    const facts = spanFacts(record)
    if (facts !== undefined)
      return { record, tenant, rank: facts.rank, facts, slot: event, sum: '', kept }
  }
  const facts = isLoose(record) ? undefined : spanFacts(record)
  const sum = lineHash(record)
  return { record, tenant, rank: facts?.rank, facts, slot: slotOf(record, sum), sum, kept }
}

/** What a line that belongs to a span says about it. */
export function factsOf({ facts, record }: Prepared): SpanFacts {
  return facts ?? (spanFacts(record) as SpanFacts)
}

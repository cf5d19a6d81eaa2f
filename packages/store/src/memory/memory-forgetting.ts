import type { AnyRecord, Erased } from '@recount/record'
import type { Person } from '../engine.ts'
import { namesOf, subjectsOf, withoutPerson } from '../records/erasure.ts'
import { beganOf } from '../records/slot.ts'
import { isIn, type Scope } from '../scope.ts'
import type { Erasure, Pruned } from '../store.ts'
import type { MemorySpan, MemorySpans } from './memory-spans.ts'

interface Floor {
  readonly scope: Scope
  readonly before: number
  readonly contentOnly: boolean
}

interface Tombstone {
  readonly scope: Scope
  readonly name: string
  /** What was written later is kept. */
  readonly time: number
}

type LateOf = (span: MemorySpan) => readonly AnyRecord[]

/** What was forgotten, and must not come back. */
export class MemoryForgetting {
  readonly #held: MemorySpans
  readonly #floors: Floor[] = []
  readonly #tombstones: Tombstone[] = []
  /** Spans of which the content, or all, was pruned. */
  readonly #oldSpans: Map<string, boolean> = new Map()

  constructor(held: MemorySpans) {
    this.#held = held
  }

  /** What becomes of a record that comes in: what is left of it, or why nothing is. */
  fateOf(record: AnyRecord): AnyRecord | 'erased' | 'pruned' {
    const isContent = record.event === 'content'
    const isOld = this.#floors.some(
      ({ scope, before, contentOnly }) =>
        isIn(scope, record.tenant_id) && beganOf(record) < before && (!contentOnly || isContent),
    )
    // A span that began before may have written its content after.
    const isOfOld = this.#oldSpans.get(record.span_id ?? '')
    if (isOld || isOfOld === false || (isOfOld === true && isContent)) return 'pruned'
    const names = namesOf(record).map(({ kind, id }) => `${kind} ${id}`)
    const isErased = this.#tombstones.some(
      ({ scope, name, time }) =>
        names.includes(name) && isIn(scope, record.tenant_id) && record.time <= time,
    )
    return isErased ? (withoutPerson(record) ?? 'erased') : record
  }

  /** A tombstone in a log counts like an erasure here. */
  bury({ digest, subject_id, of_span_id, time }: Erased, scope: Scope, lateOf: LateOf): void {
    if (digest !== undefined) this.#tombstones.push({ scope, name: `digest ${digest}`, time })
    if (of_span_id !== undefined)
      this.#tombstones.push({ scope, name: `content ${of_span_id}`, time })
    this.#sweep()
    if (subject_id !== undefined)
      this.person({ kind: 'subject', id: subject_id }, scope, lateOf, time)
  }

  before(floor: Floor): Pruned {
    const { before, contentOnly, scope } = floor
    this.#floors.push(floor)
    const old = [...this.#held.spans].filter(
      ([, { facts }]) => facts.start_time < before && isIn(scope, facts.tenant_id),
    )
    let pieces = 0
    for (const [key, span] of old) {
      this.#oldSpans.set(span.facts.span_id, contentOnly)
      for (const [slot, line] of span.lines)
        if (line.event === 'content') {
          span.lines.delete(slot)
          pieces += 1
        }
      if (!contentOnly) this.#held.spans.delete(key)
    }
    for (const [key, line] of this.#held.late)
      if (!contentOnly && line.time < before && isIn(scope, line.tenant_id))
        this.#held.late.delete(key)
    return { spans: old.length, pieces, bytes_before: null, bytes_after: null }
  }

  person(person: Person, scope: Scope, lateOf: LateOf, time: number = Date.now()): Erasure {
    const spans = this.#spansOf(person, scope)
    const late = new Set(spans.flatMap((span) => [...lateOf(span)]))
    this.#tombstones.push({ scope, name: `${person.kind} ${person.id}`, time })
    for (const { facts } of spans) {
      this.#tombstones.push({ scope, name: `span ${facts.span_id}`, time })
      if (facts.message_id !== null)
        this.#tombstones.push({ scope, name: `message ${facts.message_id}`, time })
    }
    let pieces = 0
    for (const span of spans) pieces += strip(span)
    for (const [key, line] of this.#held.late)
      if (late.has(line) || (line.user_id === person.id && isIn(scope, line.tenant_id)))
        this.#held.late.set(key, withoutPerson(line) ?? line)
    return {
      traces: new Set(spans.map(({ facts }) => facts.trace_id)).size,
      spans: spans.length,
      pieces,
      span_ids: spans.map(({ facts }) => facts.span_id),
    }
  }

  /** All of a trace that is this person's alone; of others what names the person. */
  #spansOf({ kind, id }: Person, scope: Scope): MemorySpan[] {
    const all = [...this.#held.spans.values()].filter(({ facts }) => isIn(scope, facts.tenant_id))
    const own = all.filter(
      (span) =>
        span.facts.user_id === id ||
        (kind === 'subject' &&
          [...span.lines.values()].some((line) => subjectsOf(line).includes(id))),
    )
    const shared = new Set(
      kind === 'subject'
        ? []
        : all
            .filter(({ facts }) => facts.user_id !== null && facts.user_id !== id)
            .map(({ facts }) => facts.trace_id),
    )
    const whole = new Set(
      own.map(({ facts }) => facts.trace_id).filter((trace) => !shared.has(trace)),
    )
    return all.filter((span) => own.includes(span) || whole.has(span.facts.trace_id))
  }

  /** Takes away the content that a tombstone names among what is there. */
  #sweep(): void {
    for (const { lines } of this.#held.spans.values())
      for (const [slot, line] of lines)
        if (line.event === 'content' && this.fateOf(line) === 'erased') lines.delete(slot)
  }
}

function strip(span: MemorySpan): number {
  let pieces = 0
  for (const [slot, line] of span.lines) {
    const left = withoutPerson(line)
    if (left === undefined) pieces += 1
    if (left === undefined) span.lines.delete(slot)
    else span.lines.set(slot, left)
  }
  const personal = { user_id: null, session_id: null, request_id: null, message_id: null }
  span.facts = { ...span.facts, ...personal, tags: [], metadata: {} }
  return pieces
}

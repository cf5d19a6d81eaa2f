import type { AnyRecord, Erased } from '@recount/record'
import type { ForgottenBefore, ForgottenPerson, Old, Person } from '../engine.ts'
import type { SpanFacts } from '../read/span-summary.ts'
import { type AuditRow, peopleOf } from '../records/audit-row.ts'
import {
  type ErasedName,
  editsIn,
  foundNames,
  leadsOf,
  namesOf,
  peopleNames,
  spanNames,
  subjectsOf,
  withoutPerson,
} from '../records/erasure.ts'
import { beganOf, lineHash } from '../records/slot.ts'
import { isIn, type Scope } from '../scope.ts'
import type { MemorySpan, MemorySpans } from './memory-spans.ts'
import { hasConditions, isInSet, isOfTenants } from './span-sets.ts'

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
  readonly #gone: Map<string, boolean> = new Map()

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
    const isOfOld = this.#gone.get(`${record.span_id} ${record.tenant_id ?? ''}`)
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
      this.person({ kind: 'subject', ids: [subject_id] }, scope, lateOf, time)
  }

  fateOfAudit(row: AuditRow): AuditRow | 'erased' | 'pruned' {
    const { time, tenant_id } = row
    const isOld = this.#floors.some(
      ({ scope, before, contentOnly }) => isIn(scope, tenant_id) && time < before && !contentOnly,
    )
    if (isOld) return 'pruned'
    const names = peopleOf(row).flatMap((id) => [`user ${id}`, `subject ${id}`])
    const isErased = this.#tombstones.some(
      ({ scope, name, time: until }) =>
        names.includes(name) && isIn(scope, tenant_id) && time <= until,
    )
    return isErased ? 'erased' : row
  }

  before(old: Old, lateOf: LateOf): ForgottenBefore {
    const { before, contentOnly, scope } = old
    const isWhole = old.of === undefined && old.except === undefined
    if (isWhole) this.#floors.push({ before, contentOnly, scope })
    const spans = this.#oldSpans(old)
    const due = spans.filter(([, span]) => isDue(span, contentOnly)).length
    let pieces = 0
    for (const [key, span] of spans) {
      // A span that ran at that moment may have lines of later; one that only a rule tells is known by its id alone.
      const wholeBefore = this.#gone.get(keyOf(span.facts)) === false
      this.#gone.set(keyOf(span.facts), contentOnly && !wholeBefore)
      pieces += withoutContent(span)
      if (!contentOnly) this.#held.spans.delete(key)
    }
    if (!contentOnly) this.#lateBefore(old, lateOf)
    if (!contentOnly && isWhole) this.#auditBefore(old)
    return { spans: due, pieces, bytes_before: null }
  }

  #auditBefore({ before, scope }: Old): void {
    for (const [key, row] of this.#held.audit)
      if (row.time < before && isIn(scope, row.tenant_id)) this.#held.audit.delete(key)
  }

  countBefore(old: Old): number {
    return this.#oldSpans(old).filter(([, span]) => isDue(span, old.contentOnly)).length
  }

  #oldSpans({ before, scope, of, except = [] }: Old): [string, MemorySpan][] {
    return [...this.#held.spans].filter(
      ([, { facts }]) =>
        (facts.start_time ?? 0) < before &&
        isIn(scope, facts.tenant_id) &&
        isInSet(facts, of) &&
        !except.some((set) => isInSet(facts, set)),
    )
  }

  /** Under rules with conditions those alone that no such rule can mean, and that are about no span that is there. */
  #lateBefore({ before, scope, of, except = [] }: Old, lateOf: LateOf): void {
    const isWhole = of === undefined && except.length === 0
    if (hasConditions(of)) return
    const kept = new Set(
      isWhole ? [] : [...this.#held.spans.values()].flatMap((span) => [...lateOf(span)]),
    )
    const isMeant = ({ tenant_id }: AnyRecord): boolean =>
      isIn(scope, tenant_id) &&
      isOfTenants(tenant_id, of) &&
      !except.some((set) => !hasConditions(set) && isOfTenants(tenant_id, set))
    for (const [key, line] of this.#held.late)
      if (line.time < before && isMeant(line) && !kept.has(line)) this.#held.late.delete(key)
  }

  person(person: Person, scope: Scope, lateOf: LateOf, time: number = Date.now()): ForgottenPerson {
    const { spans, whole } = this.#spansOf(person, scope)
    const message_ids = spans.flatMap(({ facts }) => facts.message_id ?? [])
    const late = new Set(spans.flatMap((span) => [...lateOf(span)]))
    const found = foundNames(person).map(({ kind, id }) => `${kind} ${id}`)
    const before = this.#tombstones.some((one) => one.scope === scope && found.includes(one.name))
    for (const id of person.ids)
      this.#tombstones.push({ scope, name: `${person.kind} ${id}`, time })
    for (const { facts } of spans) {
      const names = spanNames({ ...facts, isWhole: whole.has(facts.trace_id) })
      for (const { kind, id } of names)
        this.#tombstones.push({ scope, name: `${kind} ${id}`, time })
    }
    let pieces = 0
    for (const span of spans) pieces += strip(span)
    let remarks = 0
    const edits: string[] = []
    for (const [key, line] of [...this.#held.late]) {
      const isOwn = person.ids.includes(line.user_id ?? '') && isIn(scope, line.tenant_id)
      if (!isOwn && !late.has(line)) continue
      remarks += 1
      edits.push(...editsIn([line]))
      // What is read again is stripped before it is known.
      const left = withoutPerson(line) ?? line
      this.#held.late.delete(key)
      this.#held.late.set(lineHash(left), left)
    }
    pieces += this.buryEdits(edits, scope, time)
    const audit_entries = this.#forgetAudit(person, scope)
    if (spans.length + remarks + audit_entries > 0)
      for (const name of found) this.#tombstones.push({ scope, name, time })
    const trace_ids = [...new Set(spans.map(({ facts }) => facts.trace_id))]
    return {
      ...{ before, ids: person.ids, remarks, audit_entries, message_ids, trace_ids },
      edit_digests: [...new Set(edits)],
      traces: trace_ids.length,
      spans: spans.length,
      pieces,
      span_ids: spans.map(({ facts }) => facts.span_id),
    }
  }

  /** Late lines that lose their words because of these records of forgotten people: remarks about what they tell of. */
  buryRemarks(records: readonly AnyRecord[]): AnyRecord[] {
    const before = this.#tombstones.length
    for (const record of records) {
      const names = peopleNames(record).map(({ kind, id }) => `${kind} ${id}`)
      const found = this.#tombstones.filter(
        ({ name, scope, time }) =>
          names.includes(name) && isIn(scope, record.tenant_id) && record.time <= time,
      )
      for (const { scope, time } of found)
        for (const { kind, id } of leadsOf(record))
          this.#tombstones.push({ scope, name: `${kind} ${id}`, time })
    }
    const stripped: AnyRecord[] = []
    if (this.#tombstones.length === before) return stripped
    for (const [key, line] of [...this.#held.late]) {
      const left = this.fateOf(line)
      if (typeof left === 'string' || left === line) continue
      stripped.push(line)
      this.#held.late.delete(key)
      this.#held.late.set(lineHash(left), left)
    }
    return stripped
  }

  /** What users made of answers; answers how many there were. */
  buryEdits(digests: readonly string[], scope: Scope, time: number): number {
    for (const digest of digests) this.#tombstones.push({ scope, name: `edit ${digest}`, time })
    return digests.length === 0 ? 0 : this.#sweep()
  }

  isBuried(names: readonly ErasedName[], scope: Scope): boolean {
    const wanted = names.map(({ kind, id }) => `${kind} ${id}`)
    return this.#tombstones.some(
      (one) => wanted.includes(one.name) && (one.scope === undefined || one.scope === scope),
    )
  }

  #forgetAudit({ ids }: Person, scope: Scope): number {
    const own = [...this.#held.audit].filter(
      ([, row]) => isIn(scope, row.tenant_id) && peopleOf(row).some((id) => ids.includes(id)),
    )
    for (const [key] of own) this.#held.audit.delete(key)
    return own.length
  }

  /** All of a trace that is this person's alone; of others what names the person. */
  #spansOf({ kind, ids }: Person, scope: Scope): { spans: MemorySpan[]; whole: Set<string> } {
    const all = [...this.#held.spans.values()].filter(({ facts }) => isIn(scope, facts.tenant_id))
    const own = all.filter(
      (span) =>
        ids.includes(span.facts.user_id ?? '') ||
        (kind === 'subject' &&
          [...span.lines.values()].some((line) => subjectsOf(line).some((id) => ids.includes(id)))),
    )
    const shared = new Set(
      kind === 'subject'
        ? []
        : all
            .filter(({ facts }) => facts.user_id !== null && !ids.includes(facts.user_id))
            .map(({ facts }) => facts.trace_id),
    )
    const whole = new Set(
      own.map(({ facts }) => facts.trace_id).filter((trace) => !shared.has(trace)),
    )
    const spans = all.filter((span) => own.includes(span) || whole.has(span.facts.trace_id))
    return { spans, whole }
  }

  /** Takes away the content that a tombstone names among what is there. */
  #sweep(): number {
    let count = 0
    for (const { lines } of this.#held.spans.values())
      for (const [slot, line] of lines)
        if (line.event === 'content' && this.fateOf(line) === 'erased')
          count += Number(lines.delete(slot))
    return count
  }
}

function keyOf({ span_id, tenant_id }: SpanFacts): string {
  return `${span_id} ${tenant_id ?? ''}`
}

function withoutContent({ lines }: MemorySpan): number {
  const content = [...lines].filter(([, { event }]) => event === 'content')
  for (const [slot] of content) lines.delete(slot)
  return content.length
}

function isDue({ lines }: MemorySpan, contentOnly: boolean): boolean {
  return !contentOnly || [...lines.values()].some(({ event }) => event === 'content')
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

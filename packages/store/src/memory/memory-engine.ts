import type { AnyRecord, Content, UserActionName } from '@recount/record'
import type { Asked, AskedPage, Engine, Question, TraceMatch } from '../engine.ts'
import { StoreError } from '../errors.ts'
import { type CountedCall, type GroupKey, isUnpriced, weightOf } from '../read/aggregate.ts'
import { type Attempt, type Attempts, attemptsOf } from '../read/attempts.ts'
import { compareSpans, isAfter } from '../read/cursor.ts'
import { passes } from '../read/filter.ts'
import { groupValues } from '../read/group-values.ts'
import { type OneOf, valuesOf } from '../read/one-of.ts'
import { isJudged } from '../read/score-filter.ts'
import { RANK } from '../read/span-summary.ts'
import { type AuditRow, MOST_ENTRIES } from '../records/audit-row.ts'
import { editsIn, SAME_ACTION_MS, strippedActions } from '../records/erasure.ts'
import { isRecord } from '../records/valid.ts'
import { withoutRepeated } from '../records/without-repeated.ts'
import { isIn, type Scope } from '../scope.ts'
import type { Hit, Ingested, IngestOptions } from '../store.ts'
import { snippetOf } from '../text/snippet.ts'
import { MemoryForgetting } from './memory-forgetting.ts'
import { askedIn, type MemorySpan, MemorySpans, saidIn, summaryOf } from './memory-spans.ts'

/** The reference: everything in memory, everything looked at for each question; for tests and small things. */
export function memoryEngine({ multiTenant }: { multiTenant: boolean }): Engine {
  const held = new MemorySpans()
  const forgetting = new MemoryForgetting(held)
  const positions = new Map<string, string>()
  let isClosed = false

  function open(): void {
    if (isClosed) throw new StoreError('STORE_CLOSED', 'The store is closed; open it again')
  }

  function spansIn({ filter, scope }: Asked): MemorySpan[] {
    const { action, score } = filter
    return [...held.spans.values()].filter(
      (span) =>
        isIn(scope, span.facts.tenant_id) &&
        passes(span.facts, filter) &&
        (action === undefined || lateOf(span).some((line) => isActedIn(line, action))) &&
        (score === undefined || isJudged(lateOf(span), score)),
    )
  }

  function isAbout(late: AnyRecord, { facts }: MemorySpan): boolean {
    const { message_id } = late as { message_id?: string }
    if (late.span_id !== undefined) return late.span_id === facts.span_id
    if (message_id !== undefined)
      return message_id === facts.message_id && isSameTenant(late, facts.tenant_id)
    return late.trace_id !== undefined && late.trace_id === facts.trace_id
  }

  /** A late line without a tenant joins by ids that nobody can guess, and by others only where there is one tenant. */
  function isSameTenant(late: AnyRecord, tenant: string | null): boolean {
    if (late.tenant_id !== undefined || multiTenant) return (late.tenant_id ?? null) === tenant
    return true
  }

  function lateOf(span: MemorySpan): AnyRecord[] {
    return [...held.late.values()].filter(
      (line) =>
        isAbout(line, span) &&
        (line.tenant_id === undefined || isSameTenant(line, span.facts.tenant_id)),
    )
  }

  function pageOf(query: AskedPage, spans: readonly MemorySpan[]): MemorySpan[] {
    const { after, limit } = query
    return spans
      .filter(({ facts }) => after === undefined || isAfter(facts, after))
      .sort((a, b) => compareSpans(a.facts, b.facts))
      .slice(0, limit)
  }

  function hitIn(span: MemorySpan, phrase: string): Hit | undefined {
    for (const line of [...span.lines.values(), ...lateOf(span)])
      for (const { part, text } of saidIn(line)) {
        const snippet = snippetOf(text, phrase)
        if (snippet !== undefined) return { span: summaryOf(span), part, snippet }
      }
    return undefined
  }

  function questions(scope: Scope): Question[] {
    return [...held.spans.values()].flatMap((span) => {
      const text = isIn(scope, span.facts.tenant_id) ? askedIn(span) : undefined
      return text === undefined || span.facts.event !== 'llm_call'
        ? []
        : [{ span: summaryOf(span), text }]
    })
  }

  return {
    multiTenant,
    async write(records, { audit = [], position }: IngestOptions): Promise<Ingested> {
      open()
      const counts = { added: 0, known: 0, erased: 0, pruned: 0, invalid: 0 }
      const valid = records.filter(isRecord)
      buryRemarks(valid)
      for (const record of valid) counts[write(record)] += 1
      counts.invalid = records.length - valid.length
      for (const row of audit) counts[writeAudit(row)] += 1
      if (position !== undefined) positions.set(position.name, position.at)
      return counts
    },
    async findTraces(target, scope) {
      open()
      return matchesIn([...held.spans.values()], target, scope)
    },
    async traceRecords(trace_id, scope) {
      open()
      const spans = [...held.spans.values()].filter(
        ({ facts }) => facts.trace_id === trace_id && isIn(scope, facts.tenant_id),
      )
      const late = new Set(spans.flatMap(lateOf))
      const own = spans.flatMap(({ lines }) => [...lines.values()])
      return [...withoutRepeated(own), ...late, ...editsOf([...own, ...late], held)].sort(
        (a, b) => a.time - b.time,
      )
    },
    async list(query) {
      open()
      const spans = spansIn(query).filter(({ facts }) => facts.rank > RANK.content)
      return pageOf(query, spans).map(summaryOf)
    },
    async search(query) {
      open()
      const spans = spansIn(query).filter((span) => hitIn(span, query.phrase) !== undefined)
      return pageOf(query, spans).flatMap((span) => hitIn(span, query.phrase) ?? [])
    },
    async *countedCalls(query) {
      open()
      const attempts = attemptsOf([...held.spans.values()].filter(isEndedCall).map(attemptOf))
      for (const span of spansIn(query).filter(isEndedCall)) yield counted(span, query.by, attempts)
    },
    async *lines({ since, until, scope }) {
      open()
      const own = [...held.spans.values()]
        .filter(({ facts }) => isIn(scope, facts.tenant_id) && isWithin(facts.start_time ?? 0))
        .flatMap((span) => [...span.lines.values()].filter(({ event }) => event !== 'content'))
      const late = [...held.late.values()].filter(
        (line) => isIn(scope, line.tenant_id) && isWithin(line.time),
      )
      const lines = [...withoutRepeated(own), ...late].sort((a, b) => a.time - b.time)
      yield* lines.map((line) => JSON.stringify(line))

      function isWithin(time: number): boolean {
        return time >= since && time < until
      }
    },
    async question(span_id, scope) {
      open()
      return questions(scope).find(({ span }) => span.span_id === span_id)
    },
    async alike(_question, scope) {
      open()
      return questions(scope)
    },
    async forgetBefore(query) {
      open()
      return forgetting.before(query, lateOf)
    },
    async countBefore(query) {
      open()
      return forgetting.countBefore(query)
    },
    async auditOf(trace_id, scope) {
      open()
      const all = [...held.audit.values()]
        .filter((row) => row.trace_id === trace_id && isIn(scope, row.tenant_id))
        .sort((a, b) => (a.log === b.log ? a.seq - b.seq : a.log < b.log ? -1 : 1))
      const rows = all.slice(0, MOST_ENTRIES)
      return { rows, left_out: all.length - rows.length }
    },
    async isForgotten(names, scope) {
      return forgetting.isBuried(names, scope)
    },
    async tenants() {
      open()
      const all = [...held.spans.values()].map(({ facts }) => facts.tenant_id ?? '')
      const late = [...held.late.values()].map(({ tenant_id = '' }) => tenant_id)
      return [...new Set(['', ...all, ...late])]
    },
    async forgetPerson(person, scope) {
      open()
      return forgetting.person(person, scope, lateOf)
    },
    async position(name) {
      open()
      return positions.get(name) ?? null
    },
    async close() {
      isClosed = true
    },
  }

  function writeAudit(row: AuditRow): keyof Ingested {
    const fate = forgetting.fateOfAudit(row)
    if (typeof fate === 'string') return fate
    const key = `${row.log} ${row.seq}`
    const isKnown = JSON.stringify(held.audit.get(key)) === JSON.stringify(row)
    held.audit.set(key, row)
    return isKnown ? 'known' : 'added'
  }

  function scopeOf({ tenant_id }: AnyRecord): Scope {
    return multiTenant ? (tenant_id ?? '') : tenant_id
  }

  /** Remarks go with what they are about, and what users made of answers with the actions that tell of it. */
  function buryRemarks(records: readonly AnyRecord[]): void {
    const stripped = forgetting.buryRemarks(records)
    const fates = records.map((record) => forgetting.fateOf(record))
    for (const action of [...stripped, ...strippedActions(records, fates)])
      forgetting.buryEdits(editsIn([action]), scopeOf(action), action.time + SAME_ACTION_MS)
  }

  function write(given: AnyRecord): keyof Ingested {
    if (given.event === 'erased') forgetting.bury(given, scopeOf(given), lateOf)
    const fate = forgetting.fateOf(given)
    if (typeof fate === 'string') return fate
    return held.add(structuredClone(fate)) ? 'added' : 'known'
  }
}

function isActedIn(line: AnyRecord, wanted: OneOf<UserActionName>): boolean {
  return line.event === 'user_action' && valuesOf(wanted).includes(line.action)
}

function isEndedCall({ facts }: MemorySpan): boolean {
  return facts.event === 'llm_call' && facts.rank === RANK.ended
}

function attemptOf({ facts }: MemorySpan): Attempt {
  return { ...facts, isUnpriced: isUnpriced(facts) }
}

function counted(span: MemorySpan, by: readonly GroupKey[], attempts: Attempts): CountedCall {
  const { facts } = span
  const { status, input_tokens, output_tokens, cost_usd } = facts
  return {
    key: groupValues(facts, by, () => askedIn(span)),
    status,
    duration_ms: attempts.lengthOf(facts),
    weight: weightOf(facts.sample_rate),
    input_tokens,
    output_tokens,
    cost_usd,
    is_retry: facts.retry_of !== null,
    is_repeated: attempts.isRepeated(facts),
    repeats_unpriced: attempts.repeatsUnpriced(facts),
  }
}

function matchesIn(spans: readonly MemorySpan[], target: string, scope: Scope): TraceMatch[] {
  const id = target.toLowerCase().replaceAll('-', '')
  const isPrefix = /^[0-9a-f]{6,31}$/.test(id)
  const matches = new Map<string, TraceMatch>()
  for (const { facts } of spans) {
    const { trace_id, span_id, message_id, tenant_id } = facts
    if (!isIn(scope, tenant_id)) continue
    const exact = trace_id === id || span_id === id || message_id === target
    const begins = isPrefix && (trace_id.startsWith(id) || span_id.startsWith(id))
    if (exact || (begins && !matches.has(trace_id)))
      matches.set(trace_id, { trace_id, tenant_id, exact })
  }
  return [...matches.values()]
}

/** What users made of answers stands in a trace of its own where they named a message only. */
function editsOf(lines: readonly AnyRecord[], { spans }: MemorySpans): Content[] {
  const known = new Set(lines.map((line) => (line.event === 'content' ? line.digest : '')))
  const wanted = new Set(
    lines
      .flatMap((line) => (line.event === 'user_action' ? (line.content ?? []) : []))
      .map(({ digest }) => digest),
  )
  return [...spans.values()]
    .flatMap((span) => [...span.lines.values()])
    .filter((line) => line.event === 'content')
    .filter(({ part, digest }) => part === 'user_edit' && wanted.has(digest) && !known.has(digest))
}

import type { AnyRecord } from '@recount/record'
import type { CountedCall, GroupKey, Groups } from './read/aggregate.ts'
import type { Position } from './read/cursor.ts'
import type { Filter } from './read/filter.ts'
import type { SpanSummary } from './read/span-summary.ts'
import type { AuditOfTrace } from './records/audit-row.ts'
import type { ErasedName } from './records/erasure.ts'
import type { Scope } from './scope.ts'
import type { Cleaned, Erasure, Hit, Ingested, IngestOptions, OnCleaned, Pruned } from './store.ts'

/** What an engine is asked for: checked, and with a scope in place of a tenant. */
export interface Asked {
  readonly filter: Omit<Filter, 'tenant'>
  readonly scope: Scope
}

/** A part of a list. */
export interface AskedPage extends Asked {
  readonly limit: number
  readonly after: Position | undefined
}

/** Lines of whole UTC days. */
export interface AskedLines {
  /** Beginnings of days, epoch milliseconds. */
  readonly since: number
  readonly until: number
  readonly scope: Scope
}

/** A trace that a target names. */
export interface TraceMatch {
  readonly trace_id: string
  readonly tenant_id: string | null
  /** Whether the whole id was named, not its beginning. */
  readonly exact: boolean
}

/** What a model call was asked: the text of the last message of the user. */
export interface Question {
  readonly span: SpanSummary
  readonly text: string
}

/** Who is forgotten. */
export interface Person {
  readonly kind: 'user' | 'subject'
  /** As which they may stand in records. */
  readonly ids: readonly string[]
}

/** Spans of which a rule of retention speaks; one without conditions speaks of all, and of late lines. */
export interface SpanSet {
  /** Undefined for all. */
  readonly tenants: readonly string[] | undefined
  readonly filter: Omit<Filter, 'tenant'>
}

/** What is forgotten by age: what began before, of these spans, and of none of those. */
export interface Old {
  readonly before: number
  readonly contentOnly: boolean
  readonly scope: Scope
  readonly of?: SpanSet | undefined
  readonly except?: readonly SpanSet[] | undefined
}

/** What was forgotten by age, before what is left of it is cleaned away. */
export type ForgottenBefore = Omit<Pruned, 'bytes_after' | 'unfinished'>

/** What was forgotten of a person, before what is left of it is cleaned away. */
export type ForgottenPerson = Omit<Erasure, 'unfinished'>

/** What keeps records. One implementation a database; all that can be said without one is in `createStore`. */
export interface Engine {
  /** Whether queries must say whose records they ask for. */
  readonly multiTenant: boolean
  /** Keeps records in one step with entries of audit logs and the position; what is there already is not kept twice. */
  write(records: readonly AnyRecord[], options: IngestOptions): Promise<Ingested>
  /** Traces with this trace id, span id or message id, or with an id that begins so. */
  findTraces(target: string, scope: Scope): Promise<readonly TraceMatch[]>
  /** All lines of a trace, with content, and late lines that name its spans or its answers. */
  traceRecords(trace_id: string, scope: Scope): Promise<readonly AnyRecord[]>
  /** Spans that began last first; ids decide between those of one moment. Without spans of which there is only content. */
  list(query: AskedPage): Promise<readonly SpanSummary[]>
  /** The same of spans that have the folded phrase, each once. */
  search(query: AskedPage & { readonly phrase: string }): Promise<readonly Hit[]>
  /** The same, counted in a quicker way where the engine has one for this question. */
  groups?(query: Asked & { readonly by: readonly GroupKey[] }): Promise<Groups | undefined>
  /** Attempts of model calls that ended. */
  countedCalls(query: Asked & { readonly by: readonly GroupKey[] }): AsyncIterable<CountedCall>
  /** Metadata lines of what began from `since` on and before `until`, as JSON texts, without start lines of what ended. */
  lines(query: AskedLines): AsyncIterable<string>
  /** What a call was asked. */
  question(span_id: string, scope: Scope): Promise<Question | undefined>
  /** Calls that were asked the same or something with the same words; at most some hundreds. */
  alike(question: Question, scope: Scope): Promise<readonly Question[]>
  /** Forgets what is old. */
  forgetBefore(old: Old): Promise<ForgottenBefore>
  /** How many spans that would concern. */
  countBefore(old: Old): Promise<number>
  forgetPerson(person: Person, scope: Scope): Promise<ForgottenPerson>
  /** Takes what was forgotten out of the bytes of a file, and gives the space back; where there is one. */
  clean?(onCleaned?: OnCleaned): Promise<Cleaned>
  /** Entries of audit logs that name a trace, by log and place. */
  auditOf(trace_id: string, scope: Scope): Promise<AuditOfTrace>
  /** Whether a tombstone has one of these names. */
  isForgotten(names: readonly ErasedName[], scope: Scope): Promise<boolean>
  /** Tenants of which there are records; the empty text for those of none. */
  tenants(): Promise<readonly string[]>
  position(name: string): Promise<string | null>
  close(): Promise<void>
}

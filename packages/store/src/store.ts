import type { AnyRecord, Content, EventTypes, SpanNode } from '@recount/record'
import type { Judgement } from './evals/judgement.ts'
import type { Grouped, GroupKey } from './read/aggregate.ts'
import type { Filter } from './read/filter.ts'
import type { SpanSummary } from './read/span-summary.ts'
import type { AuditRow } from './records/audit-row.ts'
import type { Retained, RetainOptions } from './retain.ts'
import type { RetentionPolicy } from './retention.ts'
import type { Scoped } from './scope.ts'
import type { Snippet } from './text/snippet.ts'

/** What became of records that were handed over. */
export interface Ingested {
  /** New, or saying more than what was there. */
  readonly added: number
  /** There already. */
  readonly known: number
  /** Content and words of people that were erased, left out. */
  readonly erased: number
  /** Older than what was pruned, left out. */
  readonly pruned: number
  /** No valid records of the format, left out. */
  readonly invalid: number
}

/** A page of a list. */
export interface Paging {
  /** 1 to 1000; default 50. */
  readonly limit?: number | undefined
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined
}

/** What came of a query, and where the next page begins. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Null at the end. */
  readonly cursor: string | null
}

/** A query for a phrase. */
export interface Search extends Filter, Paging {
  /** Exactly these characters, in any script; only case and the amount of white space do not matter. */
  readonly phrase: string
}

/** A span that has the phrase. */
export interface Hit {
  readonly span: SpanSummary
  /** Where: a part of the content plane, or `error`, `comment`, `explanation`, `message`. */
  readonly part: string
  readonly snippet: Snippet
}

/** One trace. */
export interface StoredTrace {
  readonly trace_id: string
  readonly tenant_id: string | null
  /** As trees: several where the middle is missing. */
  readonly roots: readonly SpanNode[]
  /** All its lines, content among them, and late lines about its answers. */
  readonly records: readonly AnyRecord[]
  /** Where the time went: sums over its spans, and from its first beginning to its last end. */
  readonly latency_ms: {
    readonly total: number
    readonly llm: number
    readonly tools: number
    readonly retrieval: number
  }
  /** Sum of what is known; null when nothing is. */
  readonly cost_usd: number | null
  readonly cost_unknown_calls: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  /** Entries of audit logs that name it, as they were read: the logs are the authority, not this. */
  readonly audit: readonly AuditRow[]
  /** How many there are beyond the first 10,000. */
  readonly audit_left_out: number
}

/** A message as a model saw it. */
export interface SeenMessage {
  readonly role: string
  readonly content: string
  readonly token_estimate: number
}

/** Which step: the last attempt that was recorded counts. */
export interface StepQuery extends Scoped {
  readonly workflow: string
  readonly step: string
}

/** A model call with what it saw and said. */
export interface StepLog {
  readonly call: SpanSummary
  readonly content: readonly Content[]
}

/** A call that resembles another one. */
export interface Sibling {
  readonly span: SpanSummary
  /** 0 nothing alike, 1 the same query. */
  readonly similarity: number
  /** What differs: `prompt_version`, `model`, `release`. */
  readonly differs: readonly string[]
}

/** Which metadata lines: those of what began on UTC days that have a part of this time. */
export interface LinesQuery extends Scoped {
  /** Epoch milliseconds; default the beginning. */
  readonly since?: number | undefined
  /** Up to but without this moment; default the end. */
  readonly until?: number | undefined
}

/** Why what was forgotten may still be in the bytes of the file, though nothing finds it. */
export interface Unfinished {
  readonly code: 'STORE_FILE_HELD'
  readonly message: string
}

/** How far a file is cleaned: bytes, of all. */
export type OnCleaned = (done: number, all: number) => void

/** What came of cleaning a file. */
export interface Cleaned {
  /** Its size. */
  readonly bytes: number
  readonly unfinished: Unfinished | null
}

/** What is forgotten by age. */
export interface PruneOptions extends Scoped {
  /** Told how far the bytes of the file are cleaned. */
  readonly onCleaned?: OnCleaned | undefined
  /** A length of time such as `7d`, or epoch milliseconds: what began before goes. */
  readonly olderThan: string | number
  /** Content alone; metadata stays. */
  readonly contentOnly?: boolean | undefined
  /** Tells how many spans would go, and changes nothing; `pieces` is then 0. */
  readonly dryRun?: boolean | undefined
}

/** What was forgotten by age. */
export interface Pruned {
  readonly spans: number
  /** Pieces of content that nothing refers to any more. */
  readonly pieces: number
  /** The size of the store in bytes, before and after; null where there is none. */
  readonly bytes_before: number | null
  readonly bytes_after: number | null
  /** Null where no byte of what went is left in the file. */
  readonly unfinished: Unfinished | null
}

/** Who is forgotten: exactly one of both. */
export interface EraseOptions extends Scoped {
  /** Told how far the bytes of the file are cleaned. */
  readonly onCleaned?: OnCleaned | undefined
  readonly user?: string | undefined
  readonly subject?: string | undefined
}

/** What was forgotten of a person. */
export interface Erasure {
  /** Whether something of them was found and forgotten by an earlier call. */
  readonly before: boolean
  /** As which they were looked for: the given id, and its treated forms. */
  readonly ids: readonly string[]
  readonly traces: number
  readonly spans: number
  readonly pieces: number
  /** Late lines about them or their answers. */
  readonly remarks: number
  /** Entries of audit logs, here; the logs are not touched. */
  readonly audit_entries: number
  readonly span_ids: readonly string[]
  /** Ids of their answers. */
  readonly message_ids: readonly string[]
  readonly trace_ids: readonly string[]
  /** What users made of their answers: digests, each also with a space and the id of who made it. */
  readonly edit_digests: readonly string[]
  /** Null where no byte of what went is left in the file. */
  readonly unfinished: Unfinished | null
}

/** Records of LLM applications: found by a phrase, expanded, compared, forgotten. Every method throws `STORE_CLOSED` after `close`. */
export interface Store {
  /** Takes records in any order and however often; they are kept when it resolves. */
  ingest(records: readonly AnyRecord[], options?: IngestOptions): Promise<Ingested>
  /** The trace that a trace id, span id, message id or 6 or more characters of an id name. Throws `STORE_AMBIGUOUS`. */
  trace(target: string, options?: Scoped): Promise<StoredTrace | undefined>
  /** Whether something that a trace id, span id or message id named was a person's, and was erased. */
  isForgotten(target: string, options?: Scoped): Promise<boolean>
  /** Spans, what began last first. */
  list(query?: Filter & Paging): Promise<Page<SpanSummary>>
  /** Spans that say or saw a phrase, what began last first. Throws `STORE_QUERY_INVALID`. */
  search(query: Search): Promise<Page<Hit>>
  /** Numbers of model calls by keys; without keys one group of all. */
  aggregate(query?: Filter & { by?: readonly GroupKey[] | undefined }): Promise<readonly Grouped[]>
  /** Calls with a like query under another prompt version, model or release, most alike first. */
  siblings(span_id: string, options?: Scoped & { limit?: number }): Promise<readonly Sibling[]>
  /** The messages of a step as the model saw them. */
  contextWindow(query: StepQuery): Promise<readonly unknown[] | undefined>
  /** The same with the answer, for display, with estimated tokens. */
  conversation(query: StepQuery): Promise<readonly SeenMessage[] | undefined>
  /** The last attempt of a step. */
  latest(query: StepQuery): Promise<StepLog | undefined>
  /** All model calls of a workflow, in the order in which they began. */
  workflow(id: string, options?: Scoped): Promise<readonly StepLog[]>
  /** Keeps what somebody thinks of a span, of an answer or of the call of a trace; undefined where nothing has the id. */
  score(
    target: string,
    judgement: Judgement,
    options?: Scoped,
  ): Promise<EventTypes['evaluation'] | undefined>
  /** Forgets what is old, in small steps; it does not come back with old files. */
  prune(options: PruneOptions): Promise<Pruned>
  /** Forgets what a retention policy says is due; doing so again changes nothing. Throws `STORE_RETENTION_INVALID`. */
  retain(policy: RetentionPolicy, options?: RetainOptions): Promise<Retained>
  /** Forgets a person; they do not come back with old files. */
  erase(options: EraseOptions): Promise<Erasure>
  /**
   * Metadata lines as JSON texts, roughly in the order of time: what a log without content would have, but for start lines
   * of what ended. With a tenant, lines that name it. What was read from logs of others is handed out as it was read, for
   * `analyze`.
   */
  lines(query?: LinesQuery): AsyncIterable<string>
  /** Traces of the spans that a filter asks for, with content, one at a time. */
  export(filter?: Filter): AsyncIterable<StoredTrace>
  /** Tenants of which there are records. */
  tenants(options?: Scoped): Promise<readonly string[]>
  /** Where a reader of files stopped; null when nobody said. */
  position(name: string): Promise<string | null>
  close(): Promise<void>
}

/** What is kept in the same step as records. */
export interface IngestOptions {
  /** Entries of audit logs, which are looked up by their traces. */
  readonly audit?: readonly AuditRow[] | undefined
  /** Where a reader of files has come with them: its name, and a text of its own. */
  readonly position?: { readonly name: string; readonly at: string } | undefined
}

export type { MigrateOptions } from './clickhouse/schema.ts'
export {
  STORE_ERROR_CODES,
  STORE_WARNING_CODES,
  StoreError,
  type StoreErrorCode,
  type StoreWarningCode,
} from './errors.ts'
export type { SampleOptions } from './evals/chosen-calls.ts'
export type { EvalExample, EvalScore, NoExample } from './evals/eval-example.ts'
export {
  EVAL_FORMATS,
  type EvalFormat,
  type EvalRowOptions,
  evalRow,
} from './evals/eval-formats.ts'
export { type ExportEvalsOptions, exportEvals, type LeftOut } from './evals/export-evals.ts'
export { evaluationOf, type Judgement } from './evals/judgement.ts'
export type { EvalRedactor } from './evals/redacted-example.ts'
export type { MessagePart, PartedMessage } from './evals/seen-messages.ts'
export {
  type ErasedInFiles,
  type EraseInFilesOptions,
  eraseInFiles,
} from './files/erase-in-files.ts'
export { eraseInVault, tokensIn } from './files/erase-in-vault.ts'
export { type FollowOptions, followFiles } from './files/follow-files.ts'
export { type IndexFilesOptions, indexFiles, indexStream } from './files/index-files.ts'
export { type PrunedFiles, type PruneFilesOptions, pruneContentFiles } from './files/prune-files.ts'
export type { IndexCounts, RefusedLine } from './files/record-batch.ts'
export { migrateStore, openStore, type StoreOptions } from './open-store.ts'
export { GROUP_KEYS, type Grouped, type GroupKey, type Latency } from './read/aggregate.ts'
export {
  type Filter,
  RANGES,
  type RangeFilter,
  TEXT_FILTERS,
  type TextFilter,
} from './read/filter.ts'
export type { OneOf } from './read/one-of.ts'
export type { ScoreFilter } from './read/score-filter.ts'
export type { SpanStatus, SpanSummary } from './read/span-summary.ts'
export type { Spread } from './read/spread.ts'
export { type FormsOf, type TreatedOptions, treatedForms } from './read/treated-ids.ts'
export { type AuditRow, auditRowOf } from './records/audit-row.ts'
export type { Retained, RetainedByRule, RetainOptions } from './retain.ts'
export {
  type CheckedRule,
  checkRetention,
  type Days,
  type Kept,
  type RetentionPolicy,
  type RetentionRule,
  type RetentionWhen,
} from './retention.ts'
export { EVERY_TENANT, type Scoped, type TenantScope } from './scope.ts'
export type {
  Cleaned,
  EraseOptions,
  Erasure,
  Hit,
  Ingested,
  IngestOptions,
  LinesQuery,
  OnCleaned,
  Page,
  Paging,
  Pruned,
  PruneOptions,
  Search,
  SeenMessage,
  Sibling,
  StepLog,
  StepQuery,
  Store,
  StoredTrace,
  Unfinished,
} from './store.ts'
export type { Snippet } from './text/snippet.ts'

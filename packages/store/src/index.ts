export { STORE_ERROR_CODES, StoreError, type StoreErrorCode } from './errors.ts'
export { openStore, type StoreOptions } from './open-store.ts'
export { GROUP_KEYS, type Grouped, type GroupKey, type Latency } from './read/aggregate.ts'
export {
  type Filter,
  RANGES,
  type RangeFilter,
  TEXT_FILTERS,
  type TextFilter,
} from './read/filter.ts'
export type { SpanStatus, SpanSummary } from './read/span-summary.ts'
export { EVERY_TENANT, type Scoped, type TenantScope } from './scope.ts'
export type {
  EraseOptions,
  Erasure,
  Hit,
  Ingested,
  IngestOptions,
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
} from './store.ts'
export type { Snippet } from './text/snippet.ts'

export { type BudgetStore, type MemoryBudgetStore, memoryBudgetStore } from './budget-store.ts'
export {
  type Budget,
  type Budgets,
  type BudgetsOptions,
  createBudgets,
  type Exceeded,
  type Spending,
} from './budgets.ts'
export {
  checkPolicy,
  findingText,
  findingTexts,
  type KnownNames,
  type PolicyFinding,
} from './check-policy.ts'
export { type CompiledPolicy, type CompileOptions, compilePolicy } from './compile-policy.ts'
export type { ContentAsk, ContentDegrees } from './content-mask.ts'
export { type Decision, reaches } from './decision.ts'
export {
  earnedLevel,
  earnedLevelNumber,
  type Incident,
  LEVEL_REASONS,
  type LevelFacts,
  type LevelReason,
} from './earned-level.ts'
export { POLICY_ERROR_CODES, PolicyError, type PolicyErrorCode } from './errors.ts'
export type { ComparedFact, Explanation, PassedRule } from './explain.ts'
export { type Facts, factsOf } from './facts.ts'
export {
  type AlwaysRow,
  CONSENT_PURPOSES,
  type ConditionalRow,
  type ConsentPurpose,
  FIELD_TABLE,
  type FieldRow,
  type NeverRow,
} from './field-table.ts'
export {
  type FieldTreatments,
  GEOGRAPHY_KEYS,
  IP_KEYS,
  metadataKind,
  metadataTreatment,
} from './field-treatments.ts'
export { type GuardedSink, guardSink } from './guard-sink.ts'
export { PROFILES } from './outcome.ts'
export type {
  Bounds,
  ContentByPart,
  ContentDegree,
  FieldSettings,
  FieldTreatment,
  Policy,
  PresetName,
  Rule,
  SampleShares,
  Settings,
  SinkBinding,
  TenantSettings,
  Then,
  When,
} from './policy.ts'
export { parsePolicy, readPolicyFile } from './policy-file.ts'
export { policyNotes } from './policy-notes.ts'
export { ceilingPolicy, PRESETS } from './presets.ts'
export {
  createProvidersDown,
  type ProviderEnding,
  type ProvidersDown,
  type ProvidersDownOptions,
} from './providers-down.ts'
export { createSlowCalls, type SlowCalls, type SlowCallsOptions } from './slow-calls.ts'
export { POLICY_WARNING_CODES, type PolicyWarningCode } from './warnings.ts'
export { type WatchedPolicy, type WatchOptions, watchPolicy } from './watch-policy.ts'

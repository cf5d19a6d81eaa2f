export { checkPolicy, findingText, type KnownNames, type PolicyFinding } from './check-policy.ts'
export { type CompiledPolicy, type CompileOptions, compilePolicy } from './compile-policy.ts'
export type { ContentAsk, ContentDegrees } from './content-mask.ts'
export { type Decision, reaches } from './decision.ts'
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
  metadataTreatment,
} from './field-treatments.ts'
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
export { ceilingPolicy, PRESETS } from './presets.ts'

export { CATEGORIES, type Category, type Retryable, type Severity } from './categories.ts'
export { checkRules, type RuleConflict } from './check-rules.ts'
export {
  type Diagnose,
  type DiagnoseContext,
  type Diagnosis,
  diagnose,
  toRecord,
} from './diagnose.ts'
export { createDiagnoser, type Diagnoser, type DiagnoserOptions } from './diagnoser.ts'
export { DIAGNOSE_ERROR_CODES, DiagnoseError, type DiagnoseErrorCode } from './errors.ts'
export { type ExplainOptions, explain, type TraceExplanation } from './explain/explain.ts'
export type { TraceData } from './explain/facts.ts'
export { type BlamedPart, PARTS, type Proof, type Verdict } from './explain/verdict.ts'
export { type Fingerprinted, fingerprint } from './fingerprint.ts'
export { beginsEntry } from './log-prefixes.ts'
export type { CategoryRow, RuleFile, RuleRow, RuleTable, When } from './rule.ts'
export { readRuleFile } from './rule-file.ts'
export { RULE_TABLES } from './rules/index.ts'

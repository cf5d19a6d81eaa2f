export { CATEGORIES, type Category, type Retryable, type Severity } from './categories.ts'
export { type Diagnose, type DiagnoseContext, type Diagnosis, diagnose, toRecord } from './diagnose.ts'

import { ENTRY_CASES } from './tamper-entries.ts'
import { FORM_CASES } from './tamper-forms.ts'
import { HISTORY_CASES } from './tamper-histories.ts'
import type { TamperCase } from './tamper-log.ts'
import { REASON_CASES } from './tamper-reasons.ts'
import { REMOVAL_CASES } from './tamper-removals.ts'
import { SIGNATURE_CASES } from './tamper-signatures.ts'

/** A generator of tampered logs, and what each must be found by. */
export const TAMPER_CASES: readonly TamperCase[] = [
  ...ENTRY_CASES,
  ...HISTORY_CASES,
  ...FORM_CASES,
  ...SIGNATURE_CASES,
  ...REMOVAL_CASES,
  ...REASON_CASES,
]

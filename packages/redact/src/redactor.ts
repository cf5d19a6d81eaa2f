import { isCredentialKey, MASK } from './credentials.ts'
import { type Plain, toPlain } from './plain.ts'

/** Something that was masked: where and by which rule, never the value. */
export interface RedactionNote {
  path: string
  rule: string
  count: number
}

/** A plain copy without credentials, and what was masked in it. */
export interface Redacted {
  value: Plain
  redactions: RedactionNote[]
}

/** Takes any value; never throws; changes nothing of the caller's. */
export type Redactor = (value: unknown) => Redacted

/** Notes are bounded; masking is not. */
const MAX_NOTES = 50

/** A redactor that masks the values of credential-like keys at any depth. */
export function createRedactor(): Redactor {
  return (value) => {
    const redactions: RedactionNote[] = []
    const plain = toPlain(value, (key, path) => {
      if (!isCredentialKey(key)) return undefined
      if (redactions.length < MAX_NOTES)
        redactions.push({ path: path.join('.'), rule: 'credential-key', count: 1 })
      return MASK
    })
    return { value: plain, redactions }
  }
}

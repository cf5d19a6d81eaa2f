/** A place in a text: its kind, and its UTF-16 offsets (`end` is exclusive). */
export interface Finding {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Kinds of personal data that the built-in detectors find. */
export const PERSONAL_TYPES = ['email', 'phone', 'credit_card', 'iban', 'ssn', 'ip', 'mac'] as const

/** Kinds of values that are personal data as a whole, whatever they look like: what `Redactor.whole` is told. */
export const WHOLE_TYPES = ['user_id', 'geography'] as const

/** Kinds of secrets that the built-in detectors find; providers' keys are in `PROVIDER_KEYS`. */
export const SECRET_TYPES = ['private_key', 'url_credentials', 'jwt', 'secret'] as const

/** One pass over a text: what is read, what was found, and how far each scanner has looked already. */
export interface Scan {
  readonly text: string
  readonly findings: Finding[]
  /** Words before this index have been judged. */
  wordFloor: number
  /** Runs of hexadecimal digits and colons before this index have been judged. */
  colonFloor: number
  /** Assigned values before this index have been judged. */
  valueFloor: number
  /** Where the next end of a private key is; -1 when there is none, undefined when nobody has looked. */
  keyEnd: number | undefined
}

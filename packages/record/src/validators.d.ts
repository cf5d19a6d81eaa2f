// Types of the module that scripts/build-schemas.mjs generates.
import type { EventName } from './events.ts'

/** One failed rule, as ajv reports it. */
export interface SchemaError {
  instancePath: string
  keyword: string
  params: Record<string, unknown>
  message?: string
}

/** A compiled schema: false means that `errors` says why. */
interface Validator {
  (value: unknown): boolean
  errors?: SchemaError[] | null
}

export declare const validators: Record<EventName, Validator>

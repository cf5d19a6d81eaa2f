// Types of the module that scripts/build-schema.mjs generates.

/** One broken rule of the schema, as ajv reports it. */
export interface SchemaError {
  instancePath: string
  keyword: string
  params: Record<string, unknown>
  message?: string
}

/** A compiled schema: false means that `errors` says why. */
export interface Validator {
  (value: unknown): boolean
  errors?: SchemaError[] | null
}

/** An event but for what its `details` hold. */
export declare const validateEvent: Validator

/** What `details` hold, by action. */
export declare const validateDetails: { readonly [action: string]: Validator | undefined }

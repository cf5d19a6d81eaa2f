// Types of the module that scripts/build-schema.mjs generates.

/** One broken rule of the schema, as ajv reports it. */
export interface SchemaError {
  instancePath: string
  keyword: string
  params: Record<string, unknown>
  message?: string
}

/** The compiled schema of rule files: false means that `errors` says why. */
export declare const validateRuleFile: {
  (value: unknown): boolean
  errors?: SchemaError[] | null
}

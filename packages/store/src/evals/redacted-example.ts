import type { EvalExample } from './eval-example.ts'

/** Copies a value without personal data and credentials, as `createRedactor()` of `@recount/redact` does. */
export type EvalRedactor = (value: unknown) => { readonly value: unknown }

/** An example whose words have passed a redactor once more; ids, models and numbers stay as they are. */
export function redactedExample(example: EvalExample, redact: EvalRedactor): EvalExample {
  const { input, tools, output, expected, comment, scores, tags, metadata, params } = example
  const words = { input, tools, output, expected, comment, scores, tags, metadata, params }
  const { value } = redact(words)
  return { ...example, ...(withoutNul(value) as typeof words) }
}

/** Databases behind tools for evals take no U+0000. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd')
  if (Array.isArray(value)) return value.map(withoutNul)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [withoutNul(key), withoutNul(held)]),
  )
}

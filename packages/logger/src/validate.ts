import { isSpanId, LEVELS } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { currentContext } from './context.ts'
import { LoggerError } from './errors.ts'
import { text } from './field-readers.ts'
import { read } from './fields.ts'
import { keptOf, OpenSpan, spanOptions } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { clip, recordedError } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'

/** A schema of any library that follows standardschema.dev (zod, valibot, arktype, …). */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly output: T } | undefined
  }
}

/** A compiled ajv schema, or any function that says `true`, `false` or `{ valid, errors }`. */
export type SchemaFunction = ((value: unknown) => unknown) & { errors?: unknown }

/** How a raw answer is read and judged. */
export interface ValidateOptions<T> {
  /** Turns the raw text into a value; what it throws is a failed rule `parse`. Default: the value as it is. */
  parse?: (raw: never) => unknown
  /** The shape it must have. */
  schema?: StandardSchema<T> | SchemaFunction
  /** Rules of the application: `true` passes; `false` or a sentence fails. A rule that throws has failed. */
  rules?: Record<string, (value: T) => boolean | string>
  /** The model call it came from; default: the last one made in this span. */
  span_id?: string
  /** Asks for content: all, nothing, or these parts. */
  content?: ContentAsk
}

/** The verdict. `value` is what came out of parsing (and the schema's own output), or undefined when parsing failed. */
export type Validated<T> =
  | { readonly passed: true; readonly value: T }
  | { readonly passed: false; readonly value: T | undefined }

interface Failure {
  readonly rule: string
  readonly path?: string
  readonly message?: string
  /** A message that quotes what was judged, as those of JSON.parse do: for where content is open. */
  readonly quoting?: string
}

/** Raw → parsed → verdict, recorded in one step. Throws only for a schema it cannot use (`LOGGER_SCHEMA_INVALID`). */
export function recordValidation<T>(
  logger: AnyPino,
  raw: unknown,
  options: ValidateOptions<T>,
): Validated<T> {
  const { value, failures } = judge(raw, {
    parse: read(options, 'parse'),
    schema: read(options, 'schema'),
    rules: read(options, 'rules'),
  })
  if (!isSilent(logger)) safely(() => writeVerdict(logger, raw, value, failures, options))
  return { passed: failures.length === 0, value } as Validated<T>
}

interface Judged {
  readonly value: unknown
  readonly failures: readonly Failure[]
}

interface Checks {
  readonly parse: unknown
  readonly schema: unknown
  readonly rules: unknown
}

function judge(raw: unknown, { parse, schema, rules }: Checks): Judged {
  let parsed = raw
  try {
    if (parse !== undefined) parsed = (parse as (raw: unknown) => unknown)(raw)
  } catch (error) {
    const { type, message } = recordedError(error)
    return { value: undefined, failures: [{ rule: 'parse', message: type, quoting: message }] }
  }
  const shaped =
    schema === undefined ? { value: parsed, failures: [] } : checkSchema(schema, parsed)
  if (shaped.failures.length > 0) return shaped
  return { value: shaped.value, failures: checkRules(rules, shaped.value) }
}

function checkRules(rules: unknown, value: unknown): Failure[] {
  if (rules === undefined || rules === null) return []
  const names = safely(() => (typeof rules === 'object' ? Object.keys(rules) : undefined))
  if (names === undefined) return [{ rule: 'rules', message: 'The rules could not be read' }]
  return names.flatMap((rule) => checkRule(rule, read(rules, rule), value))
}

function checkSchema(schema: unknown, value: unknown): Judged {
  const standard =
    typeof schema === 'object' || typeof schema === 'function'
      ? read(schema as object, '~standard')
      : undefined
  const check =
    typeof standard === 'object' && standard !== null ? read(standard, 'validate') : schema
  if (typeof check !== 'function') {
    throw new LoggerError(
      'LOGGER_SCHEMA_INVALID',
      'Expected `schema` to be a Standard Schema (zod, valibot, arktype) or a function such as a compiled ajv schema, got ' +
        `${schema === null ? 'null' : typeof schema}; compile a JSON Schema with ajv first`,
    )
  }
  let verdict: unknown
  try {
    verdict = check.call(standard ?? undefined, value)
  } catch (error) {
    return { value, failures: [{ rule: 'schema', message: recordedError(error).message }] }
  }
  if (verdict instanceof Promise) {
    verdict.catch(() => {})
    throw new LoggerError(
      'LOGGER_SCHEMA_INVALID',
      'Expected `schema` to answer at once, got a promise; await its verdict and pass a function that returns it',
    )
  }
  return check === schema
    ? fromFunction(check as SchemaFunction, verdict, value)
    : fromStandard(verdict, value)
}

function fromStandard(verdict: unknown, value: unknown): Judged {
  if (typeof verdict !== 'object' || verdict === null)
    return { value, failures: [{ rule: 'schema', message: 'The schema gave no verdict' }] }
  const issues = read(verdict, 'issues')
  if (!Array.isArray(issues)) return { value: read(verdict, 'value'), failures: [] }
  return {
    value,
    failures: issues.map((issue) => ({
      rule: string(read(issue, 'code')) ?? 'schema',
      path: pathOf(read(issue, 'path')),
      message: string(read(issue, 'message')) ?? '',
    })),
  }
}

/** ajv leaves its errors on the function; others return them. */
function fromFunction(check: SchemaFunction, verdict: unknown, value: unknown): Judged {
  const isObject = typeof verdict === 'object' && verdict !== null
  const valid = isObject ? read(verdict, 'valid') === true : verdict === true
  if (valid) return { value, failures: [] }
  const errors = isObject ? read(verdict, 'errors') : check.errors
  const list = Array.isArray(errors) && errors.length > 0 ? errors : [errors ?? {}]
  return { value, failures: list.map(fromAjv) }
}

function fromAjv(error: unknown): Failure {
  if (typeof error !== 'object' || error === null)
    return { rule: 'schema', message: string(error) ?? '' }
  return {
    rule: string(read(error, 'keyword')) ?? string(read(error, 'rule')) ?? 'schema',
    path: string(read(error, 'instancePath')) ?? pathOf(read(error, 'path')),
    message: string(read(error, 'message')) ?? '',
  }
}

function checkRule(rule: string, holds: unknown, value: unknown): Failure[] {
  try {
    const verdict = (holds as (value: unknown) => unknown)(value)
    if (verdict === true) return []
    return [typeof verdict === 'string' ? { rule, message: verdict } : { rule }]
  } catch (error) {
    return [{ rule, message: recordedError(error).message }]
  }
}

function writeVerdict(
  logger: AnyPino,
  raw: unknown,
  value: unknown,
  failures: readonly Failure[],
  options: object,
): void {
  const context = currentContext()
  const last = context?.calls.last
  const named = read(options, 'span_id')
  const parent_span_id = isSpanId(named) ? named : last?.span_id
  const span = new OpenSpan(logger, recordingOf(logger), {
    ...spanOptions(options),
    parent_span_id,
  })
  // The call's own line has the raw answer already, where it was kept; nothing is written twice.
  if (!(last?.keptOutput === true && parent_span_id === last.span_id)) span.keep('output', raw)
  span.keep('parsed', value)
  const kept = keptOf(span)
  if (failures.length === 0) span.write('validation', LEVELS.info, { passed: true, ...kept })
  const quotes = span.captures.parts.includes('output')
  for (const { rule, path, message, quoting } of failures) {
    span.write('validation', LEVELS.warn, {
      passed: false,
      rule: text(rule),
      path: path ?? null,
      message: (quotes ? quoting : undefined) ?? (message === undefined ? null : clip(message)),
      ...kept,
    })
  }
  if (context !== undefined) context.trace.validationFailed = failures.length > 0
}

function pathOf(path: unknown): string {
  if (!Array.isArray(path)) return string(path) ?? ''
  return path
    .map(
      (part) => `/${String(typeof part === 'object' && part !== null ? read(part, 'key') : part)}`,
    )
    .join('')
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

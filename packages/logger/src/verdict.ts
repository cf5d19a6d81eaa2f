import { LoggerError } from './errors.ts'
import { read } from './fields.ts'
import { isAbandonedPromise } from './promises.ts'
import { messageOf, recordedError } from './recorded-error.ts'

/** A rule that did not hold. */
export interface Failure {
  readonly rule: string
  /** Where in the value, as a JSON Pointer. */
  readonly path?: string
  readonly message?: string
  /** A message that is little else than what was judged, as those of JSON.parse are: for where content is open. */
  readonly quoting?: string
}

/** What came out of parsing, and what is wrong with it. */
export interface Judged {
  readonly value: unknown
  readonly failures: readonly Failure[]
}

interface Checks {
  readonly parse: unknown
  readonly schema: unknown
  readonly rules: unknown
}

/** Parses a raw answer and asks the schema, then the rules. Throws only `LOGGER_SCHEMA_INVALID`. */
export function judge(raw: unknown, { parse, schema, rules }: Checks): Judged {
  let parsed = raw
  try {
    if (parse !== undefined) parsed = (parse as (raw: unknown) => unknown)(raw)
  } catch (error) {
    const { type } = recordedError(error)
    const quoting = messageOf(error)
    return { value: undefined, failures: [{ rule: 'parse', message: type, quoting }] }
  }
  if (parse !== undefined && isAbandonedPromise(parsed)) {
    const message = 'The parser returned a promise; await first'
    return { value: undefined, failures: [{ rule: 'parse', message }] }
  }
  const shaped =
    schema === undefined ? { value: parsed, failures: [] } : checkSchema(schema, parsed)
  if (shaped.failures.length > 0) return shaped
  return { value: shaped.value, failures: checkRules(rules, shaped.value) }
}

function checkRules(rules: unknown, value: unknown): Failure[] {
  if (rules === undefined || rules === null) return []
  let names: readonly string[] | undefined
  try {
    names = typeof rules === 'object' ? Object.keys(rules) : undefined
  } catch {
    // Said below.
  }
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
    return { value, failures: [{ rule: 'schema', message: messageOf(error) }] }
  }
  if (isAbandonedPromise(verdict)) {
    throw new LoggerError(
      'LOGGER_SCHEMA_INVALID',
      'Expected `schema` to answer at once, got a promise; await its verdict and pass a function that returns it',
    )
  }
  try {
    return check === schema ? fromFunction(check, verdict, value) : fromStandard(verdict, value)
  } catch {
    return { value, failures: [{ rule: 'schema', message: 'The verdict could not be read' }] }
  }
}

function fromStandard(verdict: unknown, value: unknown): Judged {
  if (typeof verdict !== 'object' || verdict === null)
    return { value, failures: [{ rule: 'schema', message: 'The schema gave no verdict' }] }
  // Not `read`: a verdict that cannot be read is no pass.
  const { issues, value: shaped } = verdict as { issues?: unknown; value?: unknown }
  if (issues === undefined || issues === null) return { value: shaped, failures: [] }
  return {
    value,
    failures: listOf(issues).map((issue) => ({
      rule: string(read(issue, 'code')) ?? 'schema',
      path: pathOf(read(issue, 'path')),
      message: string(read(issue, 'message')) ?? '',
    })),
  }
}

/** ajv leaves its errors on the function; others return them. */
function fromFunction(check: object, verdict: unknown, value: unknown): Judged {
  const isObject = typeof verdict === 'object' && verdict !== null
  const valid = isObject ? read(verdict, 'valid') === true : verdict === true
  if (valid) return { value, failures: [] }
  const errors = read(isObject ? verdict : check, 'errors')
  return { value, failures: listOf(errors ?? {}).map(fromAjv) }
}

/** Never empty: who gives issues has not passed. Not the list itself, which may have holes. */
function listOf(issues: unknown): readonly unknown[] {
  return Array.isArray(issues) && issues.length > 0 ? Array.from(issues as unknown[]) : [issues]
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
    if (isAbandonedPromise(verdict))
      return [{ rule, message: 'The rule returned a promise; await first' }]
    return [typeof verdict === 'string' ? { rule, message: verdict } : { rule }]
  } catch (error) {
    return [{ rule, message: messageOf(error) }]
  }
}

function pathOf(path: unknown): string {
  if (!Array.isArray(path)) return string(path) ?? ''
  return Array.from(path as unknown[], (part) => `/${segmentOf(part)}`).join('')
}

/** A Standard Schema gives keys, or objects with one. */
function segmentOf(part: unknown): string {
  const isObject = typeof part === 'object' && part !== null
  const key = isObject ? read(part, 'key') : part
  if (key === undefined || typeof key === 'object' || typeof key === 'function') return '?'
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

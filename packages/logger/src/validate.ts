import { isSpanId, LEVELS } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { currentContext } from './context.ts'
import { cut, text } from './field-readers.ts'
import { read } from './fields.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { identifierPath, withoutQuotes, withoutTextsOf } from './quotes.ts'
import { clip } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'
import { spanOptions } from './span-options.ts'
import { type Failure, judge } from './verdict.ts'

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
  /** Rules of the application: `true` passes; `false` or a sentence fails. A rule that throws, or gives a promise, has failed. */
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

/** Characters of a path. */
const MAX_PATH = 512
/** Of longer messages and paths no more is looked at. */
const MAX_READ = 8192

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
  const place = { ...spanOptions(options), parent_span_id }
  const level = failures.length === 0 ? LEVELS.info : LEVELS.warn
  const span = new OpenSpan(logger, recordingOf(logger), place, { event: 'validation' })
  span.settle({ level })
  // The call's own line has the raw answer already, where it was kept; nothing is written twice.
  if (!(last?.keptOutput === true && parent_span_id === last.span_id)) span.keep('output', raw)
  span.keep('parsed', value)
  if (failures.length === 0) span.write('validation', level, { passed: true })
  const open = span.keepsText('output') && span.keepsText('parsed')
  const told = open ? toldOpenly : toldWithout([raw, value])
  for (const failure of failures)
    span.write('validation', level, { passed: false, rule: text(failure.rule), ...told(failure) })
  if (context !== undefined) context.trace.validationFailed = failures.length > 0
}

interface Told {
  readonly path: string | null
  readonly message: string | null
}

function toldOpenly({ path, message, quoting }: Failure): Told {
  const said = quoting ?? message
  return {
    path: path === undefined ? null : cut(path, MAX_PATH),
    message: said === undefined ? null : clip(said),
  }
}

/** Where content is closed, neither a message nor a path may tell what the model said. */
function toldWithout(judged: readonly unknown[]): (failure: Failure) => Told {
  return ({ path, message }) => ({
    path: path === undefined ? null : cut(identifierPath(path.slice(0, MAX_READ)), MAX_PATH),
    message:
      message === undefined
        ? null
        : clip(withoutTextsOf(withoutQuotes(message.slice(0, MAX_READ)), judged)),
  })
}

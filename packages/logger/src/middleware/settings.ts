import type { Logger } from '../create-logger.ts'
import { LoggerError } from '../errors.ts'
import type { TraceBindings } from '../open-trace.ts'
import { logger as readyLogger } from '../ready.ts'
import { recordedError } from '../recorded-error.ts'
import { warnOnce } from '../warnings.ts'

/** What a middleware asks of a logger; any logger and any child of one has it. */
export type TracingLogger = Pick<Logger, 'openTrace' | 'flush'>

/** What every middleware takes; `Request` is what the framework gives it: a request, an event, a job. */
export interface TraceOptions<Request> {
  /** Where the lines go; default: the ready logger of `@recount/logger`. */
  readonly logger?: TracingLogger
  /**
   * Whether the trace, request and session ids that a request brings are used; default true. Say false, or decide by
   * request, where anybody can send requests.
   */
  readonly trustIncoming?: boolean | ((request: Request) => boolean)
  /** The trace's name. */
  readonly name?: (request: Request) => string
  /** What the trace is about: `session_id`, `user_id`, `tenant_id`, `tags`, `metadata`, …; wins over what the request brings. */
  readonly bindings?: (request: Request) => TraceBindings
  /** Which requests are not traced: health checks. */
  readonly ignore?: (request: Request) => boolean
}

/** What an HTTP middleware takes. */
export interface HttpTraceOptions<Request> extends TraceOptions<Request> {
  /** The route's pattern, where the framework does not tell it; asked when the response is finished. Never the URL as it came. */
  readonly route?: (request: Request) => string | undefined
}

/** Options that were checked; what they ask of the caller's functions can no longer throw. */
export interface Settings<Request> {
  readonly logger: TracingLogger
  trusts(request: Request): boolean
  ignores(request: Request): boolean
  name(request: Request): string | undefined
  route(request: Request): string | undefined
  bindings(request: Request): TraceBindings
}

const KNOWN = ['logger', 'trustIncoming', 'name', 'route', 'bindings', 'ignore']

/** Checks options; throws `LOGGER_OPTION_INVALID`. */
export function readSettings<Request>(options: HttpTraceOptions<Request>): Settings<Request> {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'an object', options)
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw invalid('options', `one with ${KNOWN.join(', ')}`, unknown)
  const { logger = readyLogger, trustIncoming = true, name, route, bindings, ignore } = options
  if (typeof logger?.openTrace !== 'function')
    throw invalid('logger', 'a logger made by `createLogger`', logger)
  if (!['boolean', 'function'].includes(typeof trustIncoming)) {
    throw invalid('trustIncoming', 'a boolean or a function', trustIncoming)
  }
  for (const [key, value] of Object.entries({ name, route, bindings, ignore })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(key, 'a function', value)
  }
  return {
    logger,
    trusts: (request) =>
      typeof trustIncoming === 'boolean'
        ? trustIncoming
        : ask('trustIncoming', () => trustIncoming(request)) === true,
    ignores: (request) => ignore !== undefined && ask('ignore', () => ignore(request)) === true,
    name: (request) => textOf(name && ask('name', () => name(request))),
    route: (request) => textOf(route && ask('route', () => route(request))),
    bindings: (request) => withoutUndefined(bindings && ask('bindings', () => bindings(request))),
  }
}

function invalid(option: string, expected: string, value: unknown): LoggerError {
  const shown = typeof value === 'object' ? 'an object' : `\`${String(value)}\` (${typeof value})`
  return new LoggerError(
    'LOGGER_OPTION_INVALID',
    `Expected \`${option}\` to be ${expected}, got ${value === null ? 'null' : shown}`,
  )
}

/** Asks a function of the caller's. When it fails the request goes on as if the option were not there, and one warning says so. */
function ask<T>(option: string, question: () => T): T | undefined {
  try {
    const answer = question()
    if (!(answer instanceof Promise)) return answer
    answer.catch(() => {})
    warn(option, 'returned a promise, which is not waited for')
  } catch (error) {
    warn(option, `threw ${recordedError(error).type}`)
  }
  return undefined
}

function warn(option: string, what: string): void {
  warnOnce(
    'LOGGER_RECORDING_FAILED',
    `traceMiddleware: \`${option}\` ${what}. Requests are served; the trace goes on without its answer.`,
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** So that a key that is there and holds undefined does not hide what the request brought. */
function withoutUndefined(bindings: TraceBindings | undefined): TraceBindings {
  if (typeof bindings !== 'object' || bindings === null) return {}
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined))
}

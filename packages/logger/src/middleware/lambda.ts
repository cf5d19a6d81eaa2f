import type { OpenTrace } from '../open-trace.ts'
import { safely } from '../recording.ts'
import { type HttpEvent, httpEventOf, incomingOf } from './lambda-event.ts'
import { type Arrival, openIncoming } from './open-incoming.ts'
import { readSettings, type TraceOptions, type TracingLogger } from './settings.ts'

/** What Lambda's context has, as far as tracing needs it. */
export interface LambdaContext {
  readonly awsRequestId?: string
  readonly functionName?: string
}

/** What the options' functions are asked about. */
export interface LambdaInvocation {
  readonly event: unknown
  readonly context: LambdaContext
}

/** How a handler of the callback kind answers. */
export type LambdaCallback<Result> = (error?: Error | string | null, result?: Result) => void

/** A handler of either kind. */
export type LambdaHandler<Event, Context, Result> = (
  event: Event,
  context: Context,
  callback: LambdaCallback<Result>,
  // biome-ignore lint/suspicious/noConfusingVoidType: so says the type that AWS gives to handlers
) => Promise<Result> | Result | void

/**
 * Traces the invocations of an AWS Lambda handler: `export const handler = traceMiddleware()(async (event) => …)`. Before it
 * returns, or throws, the logger is flushed, for at most a second. Handlers that stream their response are not supported. Throws
 * `LOGGER_OPTION_INVALID`.
 */
export function traceMiddleware(
  options: TraceOptions<LambdaInvocation> = {},
): <Event, Context extends LambdaContext, Result>(
  handler: LambdaHandler<Event, Context, Result>,
) => (event: Event, context: Context) => Promise<Result> {
  const settings = readSettings(options)
  return (handler) => async (event, context) => {
    const http = safely(() => httpEventOf(event))
    const invocation = { event, context }
    const trace = openIncoming(settings, invocation, () => arrivalOf(invocation, http))
    if (trace === undefined) return await answerOf(handler, event, context)
    try {
      const answer = await trace.run(() => answerOf(handler, event, context))
      if (http === undefined) {
        safely(() => trace.end('ok'))
        return answer
      }
      return safely(() => endHttp(trace, answer)) ?? answer
    } catch (error) {
      safely(() => trace.end(undefined, error))
      throw error
    } finally {
      await flushed(settings.logger)
    }
  }
}

function arrivalOf({ event, context }: LambdaInvocation, http: HttpEvent | undefined): Arrival {
  const { awsRequestId, functionName = 'lambda' } = context
  return {
    name: functionName,
    bindings: {
      ...(awsRequestId !== undefined && { request_id: awsRequestId }),
      metadata: {
        ...(http && { method: http.method }),
        ...(http?.route !== undefined && { route: http.route }),
      },
    },
    incoming: () => incomingOf(event),
  }
}

/** What a handler of either kind answers: by its promise, by its return value, or by the callback that it declares. */
function answerOf<Event, Context, Result>(
  handler: LambdaHandler<Event, Context, Result>,
  event: Event,
  context: Context,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => {
      if (error === undefined || error === null) resolve(result as Result)
      else reject(error)
    })
    const answersByCallback = handler.length > 2 && !(returned instanceof Promise)
    if (!answersByCallback) resolve(returned as Result)
  })
}

/** Ends the trace with the status that goes out; gives the answer with the ids on it, where it has a place for them. */
function endHttp<Result>(trace: OpenTrace, answer: Result): Result {
  const status =
    typeof answer === 'object' && answer !== null
      ? (answer as { statusCode?: unknown }).statusCode
      : undefined
  if (typeof status !== 'number') {
    trace.end('ok')
    return answer
  }
  trace.annotate({ status })
  trace.end(status >= 500 ? 'error' : 'ok')
  return trace.trace_id === '' ? answer : withIds(trace, answer)
}

/** A copy: the answer is the caller's. A load balancer that sends lists of values reads no other headers. */
function withIds<Result>({ trace_id, request_id }: OpenTrace, answer: Result): Result {
  const { headers, multiValueHeaders } = answer as { headers?: object; multiValueHeaders?: object }
  if (multiValueHeaders) {
    const ids = { 'X-Trace-ID': [trace_id], 'X-Request-ID': [request_id] }
    return { ...answer, multiValueHeaders: { ...multiValueHeaders, ...ids } }
  }
  return { ...answer, headers: { ...headers, 'X-Trace-ID': trace_id, 'X-Request-ID': request_id } }
}

const FLUSH_MS = 1000

/** Lambda freezes the process as soon as the handler has answered: what waits in memory would wait with it. */
function flushed(logger: TracingLogger): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FLUSH_MS)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    try {
      logger.flush(done)
    } catch {
      done()
    }
  })
}

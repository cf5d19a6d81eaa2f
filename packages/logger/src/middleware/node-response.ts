import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { safely } from '../recording.ts'
import { readIncoming } from '../trace-context.ts'
import { openIncoming } from './open-incoming.ts'
import { RequestTrace } from './request-trace.ts'
import type { Settings } from './settings.ts'

const traced = new WeakMap<object, RequestTrace>()

/** What a framework adds to the request and response it was given by Node. */
export interface NodeExchange<Request> {
  /** What the caller's options are asked about. */
  readonly request: Request
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** The route's pattern where the framework knows it, asked at the end. */
  readonly route?: () => string | undefined
}

/**
 * Traces a request that Node's HTTP server gave: ids on the response, listeners of both objects inside the trace, an end
 * when the response is finished or the client has gone. Undefined when it is not to be traced, or is traced already.
 */
export function traceExchange<Request>(
  settings: Settings<Request>,
  exchange: NodeExchange<Request>,
): RequestTrace | undefined {
  const { request, incoming, outgoing } = exchange
  if (traced.has(outgoing)) return undefined
  const method = incoming.method ?? 'GET'
  const route = exchange.route && safely(exchange.route)
  const opened = openIncoming(settings, request, {
    name: route === undefined ? method : `${method} ${route}`,
    bindings: { metadata: { method } },
    incoming: () => readIncoming((name) => incoming.headers[name]),
  })
  if (opened === undefined) return undefined
  const trace = new RequestTrace(opened)
  traced.set(outgoing, trace)
  tell(trace.headers, outgoing)
  runListenersIn(trace, incoming)
  runListenersIn(trace, outgoing)
  const end = (): void =>
    endWith(trace, outgoing, () => settings.route(request) ?? exchange.route?.())
  // The client may have gone while something before us was waiting.
  if (outgoing.closed) end()
  else outgoing.once('close', end)
  return trace
}

/** The trace of a response that `traceExchange` follows. */
export function traceOf(outgoing: object): RequestTrace | undefined {
  return traced.get(outgoing)
}

/** Sets headers on a response whose headers are still to go. A request id that is no header value must not throw. */
export function tell(headers: RequestTrace['headers'], outgoing: ServerResponse): void {
  if (outgoing.headersSent) return
  safely(() => {
    for (const [name, value] of headers) outgoing.setHeader(name, value)
  })
}

/**
 * Node emits a body's chunks and a response's `drain` in the connection's context, not in that of the code that listens.
 * Without this, what a handler does in `request.on('end', …)` belongs to no trace.
 */
function runListenersIn(trace: RequestTrace, emitter: EventEmitter): void {
  const { emit } = emitter
  emitter.emit = function (
    this: EventEmitter,
    ...event: Parameters<EventEmitter['emit']>
  ): boolean {
    return trace.run(() => emit.apply(this, event))
  }
}

function endWith(
  trace: RequestTrace,
  outgoing: ServerResponse,
  route: () => string | undefined,
): void {
  const { errored } = outgoing
  // Destroyed with an error by the application, as `pipeline` does when a source breaks.
  if (errored) trace.fail(errored)
  trace.end({
    route,
    status: outgoing.headersSent ? outgoing.statusCode : undefined,
    aborted: !outgoing.writableFinished && !errored,
  })
}

import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { safely } from '../recording.ts'
import { readIncoming } from '../trace-context.ts'
import { type Arrival, openIncoming } from './open-incoming.ts'
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
  if (traced.has(exchange.outgoing)) return undefined
  const opened = openIncoming(settings, exchange.request, () => arrivalOf(exchange))
  if (opened === undefined) return undefined
  const trace = new RequestTrace(opened)
  safely(() => follow(settings, exchange, trace))
  return trace
}

function arrivalOf<Request>({ incoming, route }: NodeExchange<Request>): Arrival {
  const { method = 'GET', headers } = incoming
  const pattern = route && safely(route)
  return {
    name: pattern === undefined ? method : `${method} ${pattern}`,
    bindings: { metadata: { method } },
    incoming: () => readIncoming((name) => headers[name]),
  }
}

function follow<Request>(
  settings: Settings<Request>,
  { request, incoming, outgoing, route }: NodeExchange<Request>,
  trace: RequestTrace,
): void {
  traced.set(outgoing, trace)
  tell(trace.headers, outgoing)
  runListenersIn(trace, incoming)
  runListenersIn(trace, outgoing)
  endWith(trace, outgoing, () => settings.route(request) ?? route?.())
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
  let finished = outgoing.writableFinished
  const end = (): void => {
    const { errored, writableEnded } = outgoing
    // Destroyed with an error by the application, as `pipeline` does when a source breaks.
    if (errored) trace.fail(errored)
    trace.end({
      route,
      status: outgoing.headersSent ? outgoing.statusCode : undefined,
      // HTTP/2 tells `finish` of a cancelled response too, though nobody has ended it.
      aborted: !(finished && writableEnded) && !errored,
    })
  }
  outgoing.once('finish', () => {
    finished = true
  })
  // The client may have gone while something before us was waiting.
  if (outgoing.closed) end()
  else outgoing.once('close', end)
}

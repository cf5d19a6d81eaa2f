import { read } from '../fields.ts'
import type { OpenTrace } from '../open-trace.ts'
import { safely } from '../recording.ts'

/** How a request ended. */
export interface RequestEnd {
  /** The response's status, once it was sent. */
  readonly status?: number | undefined
  /** Tells the route's pattern. */
  readonly route?: () => string | undefined
  /** The client stopped before the end. */
  readonly aborted?: boolean
}

/** The trace of one HTTP request: knows what was thrown, and ends once. */
export class RequestTrace {
  readonly #trace: OpenTrace
  #error: unknown
  #failed = false
  #ended = false

  constructor(trace: OpenTrace) {
    this.#trace = trace
  }

  /** The response headers that tell the ids; none when the logger is silent. */
  get headers(): readonly (readonly [string, string])[] {
    const { trace_id, request_id } = this.#trace
    if (trace_id === '') return []
    return [
      ['X-Trace-ID', trace_id],
      ['X-Request-ID', request_id],
    ]
  }

  /** Runs the caller's code inside the trace; what it throws is the caller's. */
  run<T>(fn: () => T): T {
    return this.#trace.run(fn)
  }

  /** Notes what was thrown; the first counts. */
  fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#error = error
  }

  /** Ends the trace, once. Never throws. */
  end({ status, route, aborted = false }: RequestEnd): void {
    if (this.#ended) return
    this.#ended = true
    const pattern = route && safely(route)
    safely(() => {
      this.#trace.annotate({
        ...(pattern !== undefined && { route: pattern }),
        ...(status !== undefined && { status }),
      })
    })
    const ending = aborted ? 'aborted' : this.#isError(status) ? 'error' : 'ok'
    safely(() => this.#trace.end(ending, ending === 'error' ? this.#error : undefined))
  }

  #isError(status: number | undefined): boolean {
    return (status !== undefined && status >= 500) || (this.#failed && !isRefusal(this.#error))
  }
}

/**
 * Whether an error is how a framework lets a handler answer 4xx: http-errors (Koa's `ctx.throw`) mark it with `expose`,
 * Hono's carry their response, Fastify's own a code. A provider's 4xx is none of these: it is a failure.
 */
function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const status = read(error, 'statusCode') ?? read(error, 'status')
  if (typeof status !== 'number' || status < 400 || status > 499) return false
  if (read(error, 'expose') === true || typeof read(error, 'getResponse') === 'function')
    return true
  const code = read(error, 'code')
  return typeof code === 'string' && code.startsWith('FST_')
}

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scalar } from '@recount/record'

/** What spans hand down to what happens inside them; nearest wins. */
export interface Inherited {
  session_id?: string
  user_id?: string
  tenant_id?: string
  request_id?: string
  workflow?: string
  step?: string
  step_attempt?: number
  span_name?: string
  agent?: string
  tags?: string[]
  metadata?: Record<string, Scalar>
  consent?: string[]
}

/** What all spans of one trace share while it runs in this process. */
export interface Trace {
  readonly trace_id: string
  /** Monotonic start. */
  readonly started: number
  retrieval_ms: number
  llm_ms: number
  tools_ms: number
  ttft_ms: number | null
  /** A validation failed and none has passed since. */
  validationFailed: boolean
  /** Which model call asked for a tool: tool call id to span id, bounded. */
  readonly askedBy: Map<string, string>
  /** Ids of the tool calls recorded while they ran, bounded. */
  readonly recordedTools: Set<string>
  /** What providers repeated of requests whose texts are not kept, bounded. */
  readonly echoes: string[]
}

/** Which model call a tool or a validation is likely to belong to, where no id says so. */
export interface Calls {
  open: number
  /** Calls of this span ran at the same time: nobody can tell whose tool it is, so nothing is guessed. */
  overlapped: boolean
  /** The last one that ended. */
  last: { readonly span_id: string; readonly keptOutput: boolean } | undefined
}

/** Where we are: the current span and what it hands down. */
export interface Context {
  readonly trace: Trace
  readonly span_id: string
  inherited: Inherited
  /** The OpenTelemetry span that was active when this span opened. */
  readonly otel_span_id: string | undefined
  /** Content asked for by the workflow (`debug: true`), until a nearer span says otherwise. */
  readonly debug: boolean | undefined
  /** The model calls made directly in this span. */
  readonly calls: Calls
}

const storage = new AsyncLocalStorage<Context | undefined>()

/** The context of the running code, or undefined outside any span. */
export function currentContext(): Context | undefined {
  return storage.getStore()
}

/** Runs a function, and whatever it starts, in a context; undefined is outside any span. */
export function runInContext<T>(context: Context | undefined, fn: () => T): T {
  return storage.run(context, fn)
}

import { observe } from './observe.ts'
import {
  type OpenTrace,
  openStep,
  openTrace,
  type StepBindings,
  type TraceBindings,
} from './open-trace.ts'
import type { AnyPino } from './pino-internals.ts'

/** Records a trace around a function and returns what the function returns. */
export function recordTrace<T>(
  logger: AnyPino,
  name: string,
  bindings: TraceBindings,
  fn: () => T,
): T {
  return around(openTrace(logger, name, bindings), fn)
}

/** Records a step around a function and returns what the function returns. */
export function recordStep<T>(
  logger: AnyPino,
  name: string,
  bindings: StepBindings,
  fn: () => T,
): T {
  return around(openStep(logger, name, bindings), fn)
}

function around<T>(trace: OpenTrace, fn: () => T): T {
  if (trace.trace_id === '') return fn()
  return observe(fn, {
    run: trace.run,
    chunk() {},
    done: () => trace.end(),
    failed: (error) => trace.end(error === undefined ? 'error' : undefined, error),
    stopped: () => trace.end('aborted'),
  })
}

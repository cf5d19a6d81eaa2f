import type { TestContext } from 'node:test'
import type { App, Options } from './http-apps.ts'
import { type Behaviour, behaviour } from './http-behaviour.ts'
import { isEnd, type Line, type Memory, memory, onlyEnd, type Running, run } from './http-client.ts'

/** A server of one framework with the middleware on, and the lines it writes. */
export interface Story extends Memory, Running {
  readonly gate: Behaviour['gate']
}

export async function story(t: TestContext, app: App, options: Options = {}): Promise<Story> {
  const kept = memory()
  const does = behaviour(kept.log)
  const running = await run(await app.start(does, { logger: kept.log, ...options }))
  t.after(running.stop)
  return { ...kept, ...running, gate: does.gate }
}

/** The trace that a response tells. */
export const traceOf = ({ headers }: { headers: { readonly [name: string]: unknown } }): unknown =>
  headers['x-trace-id']

/** Waits for the last line of a request's trace, checks that it is one, and gives it. */
export async function endOf({ lines, until }: Memory, trace_id: unknown): Promise<Line> {
  await until(1, (line) => isEnd(line) && line.trace_id === trace_id)
  return onlyEnd(lines, trace_id)
}

import type { SpanNode } from '@recount/record'
import { CliError } from '../errors.ts'
import { type SourceOptions, scopeOf, withSource } from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'
import type { Side } from './side.ts'

/** A trace, and the one with the call that is most like one of its own. */
export interface Siblings {
  readonly trace: Side
  readonly sibling: Side
  /** The call in it. */
  readonly span: string
}

/**
 * Finds the call that was asked most nearly the same as the one that is named (of a trace its last one), under another
 * prompt version, model or release. `CLI_TRACE_NOT_FOUND` when there is none.
 */
export function siblingOf(
  target: string,
  files: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
): Promise<Siblings> {
  return withSource(files, options, terminal, async (store) => {
    const scope = scopeOf(options)
    const trace = await store.trace(target, scope)
    if (trace === undefined)
      throw new CliError('CLI_TRACE_NOT_FOUND', `No trace, span or message has the id ${target}`)
    for (const call of callsOf(trace.roots, target)) {
      const [found] = await store.siblings(call, { ...scope, limit: 1 })
      const sibling = found && (await store.trace(found.span.trace_id, scope))
      if (found === undefined || sibling === undefined) continue
      terminal.say(
        `Like it by ${Math.round(found.similarity * 100)} %, with another ${found.differs.join(', ').replaceAll('_', ' ')}`,
      )
      return { trace, sibling, span: found.span.span_id }
    }
    throw new CliError(
      'CLI_TRACE_NOT_FOUND',
      `No other call was asked something like ${target} under another prompt version, model or release; what was asked must have been kept`,
    )
  })
}

/** The call that is named alone, else all of the trace, the last one first. */
function callsOf(roots: readonly SpanNode[], target: string): string[] {
  const calls: string[] = []
  const waiting = [...roots]
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    if (node.span_id === target.toLowerCase()) return [node.span_id]
    if (node.end?.event === 'llm_call') calls.unshift(node.span_id)
    waiting.push(...node.children)
  }
  return calls
}

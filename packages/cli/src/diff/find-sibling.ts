import type { SpanNode } from '@recount/record'
import type { Scoped, Sibling, Store } from '@recount/store'
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
  /** How alike the questions of both are, 0 to 1: which of the words that tell most they share. */
  readonly similarity: number
  /** What else differs: `prompt_version`, `model`, `release`. */
  readonly differs: readonly string[]
}

/** Options of the search. */
export interface SiblingOptions extends SourceOptions {
  /** Takes the most similar call, however little alike. */
  readonly any?: boolean
}

/** Less alike than this are questions that share a word or two; paraphrases of one question lie well above it. */
const FLOOR = 0.4

/**
 * Finds the call that was asked most nearly the same as the one that is named (of a trace its last one), under another
 * prompt version, model or release. `CLI_TRACE_NOT_FOUND` when there is none, or none that is alike enough.
 */
export function siblingOf(
  target: string,
  files: readonly string[],
  options: SiblingOptions,
  terminal: Terminal,
): Promise<Siblings> {
  return withSource(files, options, terminal, async (store) => {
    const scope = scopeOf(options)
    const trace = await store.trace(target, scope)
    if (trace === undefined)
      throw new CliError('CLI_TRACE_NOT_FOUND', `No trace, span or message has the id ${target}`)
    const found = await bestOf(store, callsOf(trace.roots, target), scope)
    const isAlike = found !== undefined && (options.any === true || found.similarity >= FLOOR)
    const sibling = isAlike ? await store.trace(found.span.trace_id, scope) : undefined
    if (found === undefined || sibling === undefined) throw notFound(target, found)
    const { span, similarity, differs } = found
    return { trace, sibling, span: span.span_id, similarity, differs }
  })
}

/** The sibling of the first call that has one alike enough, else the nearest of all. */
async function bestOf(
  store: Store,
  calls: readonly string[],
  scope: Scoped,
): Promise<Sibling | undefined> {
  let nearest: Sibling | undefined
  for (const call of calls) {
    const [found] = await store.siblings(call, { ...scope, limit: 1 })
    if (found !== undefined && found.similarity >= FLOOR) return found
    if (found !== undefined && found.similarity > (nearest?.similarity ?? 0)) nearest = found
  }
  return nearest
}

function notFound(target: string, nearest: Sibling | undefined): CliError {
  return new CliError(
    'CLI_TRACE_NOT_FOUND',
    nearest === undefined
      ? `No other call was asked something like ${target} under another prompt version, model or release; what was asked must have been kept`
      : `No other call was asked the same as ${target} under another prompt version, model or release: the nearest, ${nearest.span.span_id}, is like it by ${percent(nearest.similarity)} only; --any compares with that one`,
  )
}

/** A share in words; never more than it is. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
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

import { EXIT } from '../errors.ts'
import { plainJson } from '../plain-text.ts'
import { chooseTrace } from '../show/choose-trace.ts'
import { traceText } from '../show/trace-text.ts'
import { treeJson } from '../show/tree-json.ts'
import type { SourceOptions } from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount show`. */
export interface ShowOptions extends SourceOptions {
  readonly full?: boolean
  readonly json?: boolean
}

/** Prints the tree of one trace. `CLI_TRACE_NOT_FOUND` when there is none, `CLI_AMBIGUOUS` when there are several. */
export async function showTrace(
  target: string | undefined,
  patterns: readonly string[],
  options: ShowOptions,
  terminal: Terminal,
): Promise<number> {
  const { trace } = await chooseTrace(target, patterns, options, terminal)
  terminal.print(
    options.json ? `${plainJson(treeJson(trace), 2)}\n` : traceText(trace, terminal, options.full),
  )
  return EXIT.done
}

import { explain } from '@recount/diagnose'
import { EXIT } from '../errors.ts'
import { explanationText } from '../explain/explanation-text.ts'
import { plainJson } from '../plain-text.ts'
import { chooseTrace } from '../show/choose-trace.ts'
import type { SourceOptions } from '../store/open-source.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount explain`. */
export interface ExplainCommandOptions extends SourceOptions {
  readonly json?: boolean
  /** A trace of the same kind that went well. */
  readonly sibling?: string
  /** Ids of sources that the answer needs, comma-separated. */
  readonly needs?: string
}

/** Says which part of a trace failed, with the lines that prove it. */
export async function explainTrace(
  target: string | undefined,
  patterns: readonly string[],
  options: ExplainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { json, sibling, needs = '' } = options
  const { trace, other } = await chooseTrace(target, patterns, options, terminal)
  const explanation = explain(trace, {
    sibling: sibling === undefined ? undefined : await other(sibling),
    needed: needs.split(',').filter((id) => id !== ''),
  })
  terminal.print(
    json
      ? `${plainJson(explanation, 2)}\n`
      : explanationText(explanation, painter(terminal.color), terminal.columns),
  )
  return EXIT.done
}

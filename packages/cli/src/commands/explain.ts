import { explain } from '@recount/diagnose'
import { EXIT } from '../errors.ts'
import { explanationText } from '../explain/explanation-text.ts'
import { plainJson } from '../plain-text.ts'
import { chooseTrace, namedTrace } from '../show/choose-trace.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount explain`. */
export interface ExplainCommandOptions {
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
  { json, sibling, needs = '' }: ExplainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { trace, inputs } = await chooseTrace(target, patterns, terminal)
  const explanation = explain(trace, {
    sibling: sibling === undefined ? undefined : await namedTrace(sibling, inputs, terminal),
    needed: needs.split(',').filter((id) => id !== ''),
  })
  terminal.print(
    json
      ? `${plainJson(explanation, 2)}\n`
      : explanationText(explanation, painter(terminal.color), terminal.columns),
  )
  return EXIT.done
}

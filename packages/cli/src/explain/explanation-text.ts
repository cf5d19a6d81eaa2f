import type { TraceExplanation, Verdict } from '@recount/diagnose'
import { plainLine } from '../plain-text.ts'
import { wrapped } from '../show/layout.ts'
import type { Paint } from '../terminal.ts'

const AT_FAULT: Readonly<Record<Verdict['part'], string>> = {
  provider: 'the provider is at fault',
  retrieval: 'the retrieval is at fault',
  tool: 'the tool is at fault',
  context: 'the context is at fault',
  filter: 'a content filter is at fault',
  refusal: 'the model refused',
  length: 'the length limit is at fault',
  empty: 'the model is at fault: it said nothing',
  parser: 'the parser is at fault',
  validator: 'the validator is at fault',
  regression: 'a change is at fault',
  model: 'the model is at fault',
  application: 'the application is at fault',
}

/** An explanation in lines: which part failed, the proof, what to do, and what else is known. */
export function explanationText(
  { trace_id, blame, verdicts, missing }: TraceExplanation,
  paint: Paint,
  columns: number,
): string {
  const lines = [`${paint('bold', 'trace')} ${plainLine(trace_id)}`, '']
  if (blame === null) {
    lines.push(paint('bold', 'Cannot tell which part failed'))
    lines.push(...indented('Nothing that is recorded failed.', columns))
    for (const what of missing) lines.push(...indented(`- ${what}`, columns))
    return `${lines.join('\n')}\n`
  }
  lines.push(...verdictLines(blame, paint, columns))
  const others = verdicts.filter((verdict) => verdict !== blame)
  if (others.length > 0) lines.push('', paint('dim', 'Also, perhaps because of it:'))
  for (const other of others) lines.push(...indented(`- ${plainLine(other.summary)}`, columns))
  return `${lines.join('\n')}\n`
}

/** The part, one sentence, the lines that prove it, what to do. */
function verdictLines(verdict: Verdict, paint: Paint, columns: number): string[] {
  const { part, summary, proof, advice, confidence } = verdict
  const sure = confidence >= 0.8 ? '' : paint('dim', ' (likely)')
  return [
    `${paint('bold', capitalised(AT_FAULT[part]))}${sure}`,
    ...indented(plainLine(summary), columns),
    ...proof.flatMap(({ span_id, event, field, says }) => {
      const where = plainLine(`${span_id.slice(0, 8)} ${event} ${field}`)
      const said = plainLine(says)
      const head = `  ${paint('cyan', where)}`
      if (where.length + said.length + 4 <= columns) return [`${head}  ${said}`]
      return [head, ...wrapped(said, Math.max(columns - 4, 20)).map((line) => `    ${line}`)]
    }),
    ...indented(`→ ${plainLine(advice)}`, columns),
  ]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function indented(text: string, columns: number): string[] {
  return wrapped(text, Math.max(columns - 2, 20)).map((line) => `  ${line}`)
}

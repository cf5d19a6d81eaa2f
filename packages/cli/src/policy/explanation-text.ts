import type { ComparedFact, Explanation, Facts, PassedRule } from '@recount/policy'
import { plainLine } from '../plain-text.ts'
import type { Paint } from '../terminal.ts'

const LABEL_WIDTH = 14

/** An explanation for people, a line for each thing. */
export function explanationText(facts: Facts, explanation: Explanation, paint: Paint): string {
  const { rule, because, passed, notes, decision } = explanation
  const rows: [string, string][] = [
    ['decided by', paint('bold', plainLine(rule))],
    ...because.map((fact): [string, string] => ['because', factText(fact)]),
    ...passed.map((each): [string, string] => ['passed by', passedText(each)]),
    ['record', decision.keep ? paint('green', 'kept') : paint('yellow', 'not kept')],
    ['content', contentText(decision.content)],
    ['redaction', `${plainLine(decision.redact)}; ${fieldsText(decision.fields)}`],
    ['sinks', sinksText(decision.sinks, decision.notSinks)],
    ...(decision.until === undefined
      ? []
      : [['until', new Date(decision.until).toISOString()] as [string, string]]),
    ...notes.map((note): [string, string] => ['note', plainLine(note)]),
  ]
  const title = paint('bold', plainLine([facts.event, facts.trace_id ?? ''].join(' ').trim()))
  return `${title}\n${rows.map(([label, text]) => `  ${paint('dim', label.padEnd(LABEL_WIDTH))}${text}\n`).join('')}`
}

function factText({ key, expected, actual }: ComparedFact): string {
  return plainLine(`${key} is ${valueText(actual)}, asked for ${valueText(expected)}`)
}

function passedText({ rule, failed, ended }: PassedRule): string {
  if (failed !== undefined) return `${plainLine(rule)}: ${factText(failed)}`
  return `${plainLine(rule)}: ended at ${new Date(ended ?? 0).toISOString()}`
}

function valueText(value: unknown): string {
  if (value === null) return 'not known'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.join(', ')
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .map(([operator, bound]) => `${operator} ${bound}`)
    .join(' and ')
}

function contentText(content: Explanation['decision']['content']): string {
  const parts = (degree: string): string[] =>
    Object.entries(content).flatMap(([part, own]) => (own === degree ? [part] : []))
  const said = ['text', 'digest'].flatMap((degree) =>
    parts(degree).length === 0 ? [] : [`${degree} of ${parts(degree).join(', ')}`],
  )
  return said.length === 0 ? 'none' : said.join('; ')
}

function fieldsText({
  user_id,
  ip,
  geography,
  metadata,
}: Explanation['decision']['fields']): string {
  const keys = metadata.map(([key, treatment]) => `metadata ${key}: ${treatment}`)
  return plainLine(
    [`user_id: ${user_id}`, `ip: ${ip}`, `geography: ${geography}`, ...keys].join(', '),
  )
}

function sinksText(sinks: readonly string[], notSinks: readonly string[]): string {
  const all =
    sinks.length === 0 ? 'none' : sinks.map((sink) => (sink === '*' ? 'all' : sink)).join(', ')
  return plainLine(notSinks.length === 0 ? all : `${all}; never ${notSinks.join(', ')}`)
}

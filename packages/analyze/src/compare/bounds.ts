import { isRow } from '@recount/record/shapes'
import { ERRORS_UNKNOWN } from '../count/group.ts'
import { AnalyzeError } from '../errors.ts'
import type { BaselineReport, Report } from '../report.ts'
import { difference } from './difference.ts'
import { LISTS, nearMetric, toPath } from './metrics.ts'

/** What `checkBounds` can be told. */
export interface BoundOptions {
  /** A metric without data passes; default false. */
  readonly allowEmpty?: boolean
}

/** Whether one `--fail-on` expression holds for a report. */
export interface BoundResult {
  readonly expression: string
  /** Full path of the metric. */
  readonly metric: string
  /** What the report says; null without data. */
  readonly value: number | null
  /** The bound in the metric's own unit (milliseconds, dollars, a share from 0 to 1, a count). */
  readonly bound: number
  readonly failed: boolean
  /** One sentence for people. */
  readonly reason: string
}

const OPERATORS = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '=': (a: number, b: number) => a === b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const

interface Bound {
  readonly expression: string
  readonly path: readonly string[]
  readonly metric: string
  readonly operator: keyof typeof OPERATORS
  /** Whether the change against the baseline is compared. */
  readonly isChange: boolean
  /** Whether that is a share of the baseline. */
  readonly isRelative: boolean
  readonly bound: number
  /** The unit that the number was given in. */
  readonly unit: string | undefined
}

/**
 * Applies `--fail-on` expressions, `METRIC OP NUMBER[%|ms|s|usd]`: one fails when it is true, or
 * when its metric has no data (unless `allowEmpty`). ANALYZE_EXPRESSION_INVALID says what is wrong
 * with one. A `+` or `-` before NUMBER compares the change against the report's `comparison`: `%` is a
 * share of the baseline, and for an error rate percentage points. `[*]` asks whether it is true of any entry.
 */
export function checkBounds(
  report: Report,
  expressions: readonly string[],
  options: BoundOptions = {},
): BoundResult[] {
  return expressions.map(parse).map((bound) => apply(bound, report, options))
}

/** Checks the form of `--fail-on` expressions, so that a typing error is found before anything is read. */
export function checkExpressions(expressions: readonly string[]): void {
  for (const expression of expressions) parse(expression)
}

const EXPRESSION =
  /^\s*(.+?)\s*(<=|>=|==|!=|<|>|=)\s*([+-]?)\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|ms|s|usd)?\s*$/i

function parse(expression: string): Bound {
  const found = EXPRESSION.exec(expression)
  if (!found) throw invalid(expression, 'METRIC OP NUMBER[%|ms|s|usd], such as p95 > 2s')
  const [, name = '', operator = '', sign, number, unit] = found
  const path = toPath(name)
  if (path === undefined) throw notAMetric(expression, name, operator)
  return {
    expression,
    path,
    metric: pathText(path),
    operator: operator as Bound['operator'],
    ...boundOf(expression, path, `${sign}${number}`, unit?.toLowerCase()),
    unit: unit?.toLowerCase(),
  }
}

function pathText([first = '', second = '', third]: readonly string[]): string {
  if (third === undefined) return `${first}.${second}`
  return first === 'input' ? `input.skipped.${third}` : `${first}[${second}].${third}`
}

/** Whether a bound is of a change, and the number in the unit of what it bounds. */
function boundOf(
  expression: string,
  path: readonly string[],
  text: string,
  unit: string | undefined,
): Pick<Bound, 'isChange' | 'isRelative' | 'bound'> {
  const number = Number(text)
  const isChange = /^[+-]/.test(text)
  const isRelative = isChange && unit === '%' && !path.join('.').endsWith('error_rate')
  if (isRelative) return { isChange, isRelative, bound: number / 100 }
  const size = convert(expression, path, Math.abs(number), unit)
  return { isChange, isRelative, bound: text.startsWith('-') ? -size : size }
}

/** The number in the metric's own unit, which must suit it. */
function convert(
  expression: string,
  path: readonly string[],
  number: number,
  unit: string | undefined,
): number {
  const metric = path.join('.')
  const isTime = /_ms\.(?!count$)/.test(metric)
  if (unit === '%' && !metric.endsWith('error_rate'))
    throw invalid(expression, '% only with error_rate')
  if (unit === 'usd' && !metric.endsWith('cost_usd'))
    throw invalid(expression, 'usd only with cost_usd')
  if ((unit === 'ms' || unit === 's') && !isTime)
    throw invalid(expression, 'ms and s only with a time')
  if (metric.endsWith('error_rate')) return toShare(expression, number, unit)
  return unit === 's' ? number * 1000 : number
}

function toShare(expression: string, number: number, unit: string | undefined): number {
  if (unit === '%' && number > 100) throw invalid(expression, 'at most 100%')
  if (unit !== '%' && number > 1)
    throw invalid(
      expression,
      `a share from 0 to 1 or a percentage, as in \`${expression.trim()}%\``,
    )
  return unit === '%' ? number / 100 : number
}

const KINDS_OF_METRIC =
  'a metric, as p50, p95, p99, ttft_p95, error_rate, cost_usd, calls or by_model[NAME].calls (`recount analyze --help` names all)'

/** Says how it is spelled where that can be told, and else which metrics there are. */
function notAMetric(expression: string, name: string, operator: string): AnalyzeError {
  const [, metric = name, more = ''] = /^(.*?)\s*([<>=!]+)$/.exec(name) ?? []
  const near = toPath(metric) === undefined ? nearMetric(metric) : metric
  if (near === undefined) return invalid(expression, KINDS_OF_METRIC)
  const value = expression.slice(expression.lastIndexOf(operator) + operator.length).trim()
  const meant = more === '=' && operator === '>' ? '>=' : operator
  return invalid(expression, `\`${near} ${meant} ${value}\``)
}

function apply(parsed: Bound, report: Report, { allowEmpty = false }: BoundOptions): BoundResult {
  const { expression, operator, bound } = parsed
  const { metric, value } = worst(parsed, report)
  if (value === null) {
    const reason = `${metric}: no data${whyEmpty(parsed, report)}`
    return { expression, metric, value, bound, failed: !allowEmpty, reason }
  }
  const failed = OPERATORS[operator](value, bound)
  const relation = failed ? 'is' : 'is not'
  const what = parsed.isChange ? `The change of ${metric}` : metric
  const [told, limit] = boundTexts(value, parsed)
  const reason = `${what} is ${told}, which ${relation} ${operator} ${limit}`
  return { expression, metric, value, bound, failed, reason }
}

/** A value and its bound in the unit of the bound, rounded where that keeps them apart. */
function boundTexts(value: number, { bound, unit = '', isChange }: Bound): [string, string] {
  const factor = unit === '%' ? 100 : unit === 's' ? 1e-3 : 1
  const text = (number: number, digits: number): string => {
    const scaled = number * factor
    const least = String(Math.trunc(Math.abs(scaled))).length + 1
    const shown = Number(scaled.toPrecision(Math.max(digits, least)))
    const sign = isChange && shown > 0 ? '+' : ''
    return `${sign}${shown}${unit === '' ? '' : ` ${unit}`}`
  }
  const digits = Number.isInteger(value) ? WHOLE_DIGITS : FEW_DIGITS
  const [told, limit] = [text(value, digits), text(bound, WHOLE_DIGITS)]
  return [told === limit && value !== bound ? text(value, WHOLE_DIGITS + 2) : told, limit]
}

/** Digits that are shown of a number: all that a whole one has, but not the dust of binary fractions. */
const WHOLE_DIGITS = 15
const FEW_DIGITS = 4

/** What stands for every entry of a list. */
const ANY = '*'

interface Found {
  readonly metric: string
  readonly value: number | null
}

/** The value that a bound is about; of those of all entries the one that breaks it most. */
function worst(parsed: Bound, report: Report): Found {
  const { path, metric, operator } = parsed
  const foundAt = (at: readonly string[]): number | null =>
    parsed.isChange ? changeAt(at, parsed.isRelative, report) : valueAt(at, report)
  const [list = '', name, ...rest] = path
  if (name !== ANY) return { metric, value: foundAt(path) }
  const found = rowsAt(list, report).flatMap((row) => {
    const at = [list, nameOf(list, row), ...rest]
    const value = foundAt(at)
    return value === null ? [] : [{ metric: pathText(at), value }]
  })
  const rank = ({ value }: { readonly value: number }): number =>
    operator.startsWith('>')
      ? value
      : operator.startsWith('<')
        ? -value
        : Number(OPERATORS[operator](value, parsed.bound))
  return found.sort((a, b) => rank(b) - rank(a))[0] ?? { metric, value: foundAt(path) }
}

function whyEmpty({ metric, isChange }: Bound, report: Report): string {
  if (isChange && report.baseline === undefined)
    return ': there is no baseline to compare with; name one with --baseline'
  return /error/.test(metric) && report.totals.errors === null ? `: ${ERRORS_UNKNOWN}` : ''
}

function changeAt(path: readonly string[], isRelative: boolean, report: Report): number | null {
  const now = valueAt(path, report)
  const before = report.baseline === undefined ? null : valueAt(path, report.baseline)
  if (now === null || before === null) return null
  const change = difference(now, before)
  if (!isRelative) return change
  if (before === 0) return change === 0 ? 0 : Number.POSITIVE_INFINITY
  return change / before
}

function valueAt(path: readonly string[], report: BaselineReport): number | null {
  const [first = '', second = '', ...rest] = path
  if (!(first in LISTS) && first !== 'groups') return dig(report, path)
  const row = rowsAt(first, report).find((candidate) => nameOf(first, candidate) === second)
  // A type that never came is 0 where errors are told at all.
  if (row === undefined)
    return first.startsWith('errors_by') && report.totals.calls > 0 && report.totals.errors !== null
      ? 0
      : null
  return dig(row, rest.join('.').split('.'))
}

function rowsAt(list: string, report: BaselineReport): Readonly<Record<string, unknown>>[] {
  if (!(list in LISTS) && list !== 'groups') return []
  const rows = report[list as 'groups' | keyof typeof LISTS] as readonly unknown[]
  return rows.filter(isRow)
}

/** How an expression names an entry of a list; values of a compound key are joined by commas. */
function nameOf(list: string, row: Readonly<Record<string, unknown>>): string {
  if (list === 'groups' && isRow(row.key)) return Object.values(row.key).map(String).join(',')
  return String(row[LISTS[list as keyof typeof LISTS]])
}

function dig(from: unknown, path: readonly string[]): number | null {
  let found = from
  for (const key of path) found = isRow(found) ? found[key] : undefined
  return typeof found === 'number' ? found : null
}

function invalid(expression: string, expected: string): AnalyzeError {
  return new AnalyzeError(
    'ANALYZE_EXPRESSION_INVALID',
    `Expected ${expected}, got \`${expression}\``,
  )
}

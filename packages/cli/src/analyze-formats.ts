import {
  type BoundResult,
  formatHtml,
  formatMarkdown,
  formatOtlp,
  formatPrometheus,
  formatText,
  type Report,
  type TextOptions,
} from '@recount/analyze'
import { CliError } from './errors.ts'
import { plainJson } from './plain-text.ts'

type Write = (report: Report, bounds: readonly BoundResult[], look: Required<TextOptions>) => string

/** What `--format` of `recount analyze` can be. */
export type AnalyzeFormat = 'text' | 'json' | 'markdown' | 'html' | 'prometheus' | 'otlp'

const WRITERS: { readonly [format in AnalyzeFormat]: Write } = {
  text: (report, _bounds, look) => formatText(report, look),
  json: (report, bounds) => `${plainJson({ ...report, bounds: bounds.map(verdictOf) }, 2)}\n`,
  markdown: (report, bounds) => formatMarkdown(report, { bounds }),
  html: (report, bounds) => formatHtml(report, { bounds }),
  prometheus: (report, bounds) => formatPrometheus(report, { bounds }),
  otlp: (report) => formatOtlp(report),
}

/** How a report is to be written, as commander gives it. */
export interface FormatOptions {
  readonly format?: string
  readonly json?: boolean
}

/** The format that is asked for, text without any; `CLI_OPTION_INVALID` says which there are. */
export function formatOf({ format, json = false }: FormatOptions): AnalyzeFormat {
  if (json && format !== undefined && format !== 'json') {
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected one of \`--json\` and \`--format\`, got --json and --format ${format}`,
    )
  }
  return json ? 'json' : toAnalyzeFormat(format ?? 'text')
}

function toAnalyzeFormat(name: string): AnalyzeFormat {
  if (Object.hasOwn(WRITERS, name)) return name as AnalyzeFormat
  const names = Object.keys(WRITERS).join(', ')
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected \`--format\` to be one of ${names}, got ${name}`,
  )
}

/** A report in that format, with the verdicts on its bounds; text has colours and a width. */
export function writeReport(
  format: AnalyzeFormat,
  report: Report,
  bounds: readonly BoundResult[],
  look: Required<TextOptions>,
): string {
  return WRITERS[format](report, bounds, look)
}

function verdictOf({ expression, value, failed }: BoundResult): object {
  return { expr: expression, value, passed: !failed }
}

import {
  analyze,
  type BoundResult,
  checkBounds,
  checkExpressions,
  type Report,
} from '@recount/analyze'
import { type AnalyzeFormat, toAnalyzeFormat, writeReport } from '../analyze-formats.ts'
import { CliError, EXIT } from '../errors.ts'
import { chooseInputs } from '../inputs.ts'
import { plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from '../whole-file.ts'

/** Options of `recount analyze`, as commander gives them. */
export interface AnalyzeCommandOptions {
  readonly since?: string
  readonly until?: string
  readonly by?: readonly string[]
  readonly failOn?: readonly string[]
  readonly map?: readonly string[]
  readonly format: string
  readonly json?: boolean
  readonly out?: string
  readonly explainInput?: boolean
  readonly allowEmpty?: boolean
  readonly baseline?: string
  readonly state?: string
  readonly mergeable?: boolean
}

/** Counts what is in files; 1 when a bound of `--fail-on` is broken. */
export async function analyzeFiles(
  patterns: readonly string[],
  options: AnalyzeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  refuseLater(patterns, options)
  const format = options.json ? 'json' : toAnalyzeFormat(options.format)
  const { since, until, by = [], failOn = [], map = [], explainInput = false } = options
  checkExpressions(failOn)
  const inputs = await chooseInputs(patterns, terminal)
  const progress = await readingProgress(terminal, inputs)
  const report = await analyze(
    inputs.map(({ name }) => name),
    {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      by,
      map,
      explainInput,
      onBytes: progress.onBytes,
    },
  ).finally(() => progress.end())
  const { allowEmpty = false, out } = options
  const bounds = checkBounds(report, failOn, { allowEmpty })
  await write(report, bounds, format, out, terminal)
  if (format !== 'text' || out !== undefined) {
    for (const map of report.input.maps_unmatched)
      terminal.say(`Warning: --map ${plainLine(map)} matches no line of the input`)
  }
  const broken = bounds.filter(({ failed }) => failed)
  for (const { expression, reason } of broken)
    terminal.say(`Broken: --fail-on '${plainLine(expression)}': ${plainLine(reason)}`)
  return broken.length > 0 ? EXIT.no : EXIT.done
}

/** Refuses what comes in later versions, by name. */
function refuseLater(patterns: readonly string[], options: AnalyzeCommandOptions): void {
  const { baseline, state, mergeable } = options
  const later = [
    baseline !== undefined && '`--baseline`',
    state !== undefined && '`--state`',
    mergeable && '`--mergeable`',
    patterns[0] === 'merge' && '`analyze merge`',
  ].find((name) => typeof name === 'string')
  if (later !== undefined)
    throw new CliError('CLI_NOT_AVAILABLE', `${later} is not in this version yet`)
}

async function write(
  report: Report,
  bounds: readonly BoundResult[],
  format: AnalyzeFormat,
  out: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const text = writeReport(format, report, bounds, terminal.color && out === undefined)
  if (out === undefined) terminal.print(text)
  else await writeWhole(out, text)
}

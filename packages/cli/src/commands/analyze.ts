import { stat } from 'node:fs/promises'
import {
  type AnalyzeOptions,
  analyze,
  type BoundResult,
  checkBounds,
  checkExpressions,
  mergeReports,
  type Report,
  type SeriesStep,
} from '@recount/analyze'
import { type AnalyzeFormat, toAnalyzeFormat, writeReport } from '../analyze-formats.ts'
import { EXIT } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { type AnalyzedInputs, analyzedInputs } from '../store/analyzed-inputs.ts'
import type { SourceOptions } from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from '../whole-file.ts'

/** Options of `recount analyze`, as commander gives them. */
export interface AnalyzeCommandOptions extends SourceOptions {
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
  readonly baseline?: readonly string[]
  readonly every?: string
  readonly zone?: string
  readonly state?: string
  readonly mergeable?: boolean
}

/** Counts what is in files; 1 when a bound of `--fail-on` is broken, 130 when it was stopped before the end. */
export async function analyzeFiles(
  patterns: readonly string[],
  options: AnalyzeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const format = options.json ? 'json' : toAnalyzeFormat(options.format)
  const { failOn = [] } = options
  checkExpressions(failOn)
  const [verb, ...rest] = patterns
  const isMerge = verb === 'merge' && (await isNoFile(verb))
  if (isMerge) return deliver(await mergeFiles(rest), options, format, terminal)
  const read = await analyzedInputs(patterns, options, terminal)
  try {
    return await analyzeInputs(read, options, format, terminal)
  } finally {
    await read.close()
  }
}

async function analyzeInputs(
  { given, baseline, inputs }: AnalyzedInputs,
  options: AnalyzeCommandOptions,
  format: AnalyzeFormat,
  terminal: Terminal,
): Promise<number> {
  const progress = await readingProgress(terminal, inputs)
  const stop = new AbortController()
  const onSignal = () => {
    stop.abort()
    // A pipe that says nothing would never be read on.
    if (given.includes('-')) process.stdin.destroy()
  }
  process.once('SIGINT', onSignal)
  let code: number = EXIT.done
  try {
    await analyze(given, {
      ...readingOptions(options),
      // Buckets of histograms come from what was measured.
      ...(format === 'otlp' ? { mergeable: true } : {}),
      ...(baseline.length === 0 ? {} : { baseline }),
      signal: stop.signal,
      onBytes: progress.onBytes,
      deliver: async (report) => {
        progress.end()
        code = await deliver(report, options, format, terminal)
      },
    })
  } finally {
    progress.end()
    process.off('SIGINT', onSignal)
  }
  return code
}

/** The options that `analyze` takes as they are. */
function readingOptions({
  since,
  until,
  every,
  zone,
  state,
  by = [],
  map = [],
  explainInput = false,
  mergeable = false,
}: AnalyzeCommandOptions): AnalyzeOptions {
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(every === undefined ? {} : { every: every as SeriesStep }),
    ...(zone === undefined ? {} : { zone }),
    ...(state === undefined ? {} : { state }),
    ...{ by, map, explainInput, mergeable },
  }
}

async function isNoFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) === undefined
}

async function mergeFiles(paths: readonly string[]): Promise<Report> {
  const reports = await Promise.all(
    paths.map(async (path) => {
      const text = await readNamedFile(path)
      return { name: path, report: parsedReport(text) }
    }),
  )
  return mergeReports(reports)
}

/** What is no JSON is refused by name with all else that is no report. */
function parsedReport(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function deliver(
  report: Report,
  { failOn = [], allowEmpty = false, out }: AnalyzeCommandOptions,
  format: AnalyzeFormat,
  terminal: Terminal,
): Promise<number> {
  const bounds = checkBounds(report, failOn, { allowEmpty })
  await write(report, bounds, format, out, terminal)
  if (format !== 'text' || out !== undefined) {
    for (const map of report.input.maps_unmatched)
      terminal.say(`Warning: --map ${plainLine(map)} matches no line of the input`)
  }
  if (report.partial) {
    terminal.say('Stopped: the numbers are over what was read until then')
    return EXIT.interrupted
  }
  const broken = bounds.filter(({ failed }) => failed)
  for (const { expression, reason } of broken)
    terminal.say(`Broken: --fail-on '${plainLine(expression)}': ${plainLine(reason)}`)
  return broken.length > 0 ? EXIT.no : EXIT.done
}

async function write(
  report: Report,
  bounds: readonly BoundResult[],
  format: AnalyzeFormat,
  out: string | undefined,
  terminal: Terminal,
): Promise<void> {
  // A file is as wide as paper, whatever the terminal.
  const { color, columns } = out === undefined ? terminal : { color: false, columns: 80 }
  const text = writeReport(format, report, bounds, { color, columns })
  if (out === undefined) {
    terminal.print(text)
    // A state is not moved for a report that nobody got.
    await terminal.flush()
  } else {
    await writeWhole(out, text)
  }
}

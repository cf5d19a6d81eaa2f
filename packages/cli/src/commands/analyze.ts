import {
  type AnalyzeOptions,
  analyze,
  checkExpressions,
  expandInputs,
  type LineSource,
  type SeriesStep,
} from '@recount/analyze'
import {
  type DeliveryOptions,
  deliver,
  refuseOverwriting,
  refuseStateAsOut,
} from '../analyze-delivery.ts'
import { type AnalyzeFormat, formatOf } from '../analyze-formats.ts'
import { EXIT } from '../errors.ts'
import { readingProgress } from '../progress.ts'
import { type AnalyzedInputs, analyzedInputs } from '../store/analyzed-inputs.ts'
import type { SourceOptions } from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount analyze`, as commander gives them. */
export interface AnalyzeCommandOptions extends SourceOptions, DeliveryOptions {
  readonly since?: string
  readonly until?: string
  readonly by?: readonly string[]
  readonly map?: readonly string[]
  readonly explainInput?: boolean
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
  const format = formatOf(options)
  const { failOn = [], out, state } = options
  checkExpressions(failOn)
  await refuseStateAsOut(out, state)
  const read = await analyzedInputs(patterns, options, terminal)
  try {
    await refuseOverwriting(out, [
      ...read.inputs.flatMap(({ path, twin }) => [path ?? [], twin ?? []].flat()),
      ...(await pathsOf([...read.given, ...read.baseline])),
      ...(state === undefined ? [] : [state]),
    ])
    return await analyzeInputs(read, options, format, terminal)
  } finally {
    await read.close()
  }
}

/** The files that are read, those of stores among them. */
async function pathsOf(given: readonly (string | LineSource)[]): Promise<string[]> {
  const paths: string[] = []
  for (const item of given) {
    if (typeof item === 'string') {
      // A length of time is no file, and a name without a file is told of where it is read.
      const found = await expandInputs([item]).catch(() => [])
      paths.push(...found.flatMap(({ path }) => path ?? []))
    } else {
      paths.push(item.name)
    }
  }
  return paths
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

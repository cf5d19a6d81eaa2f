import { once } from 'node:events'
import type { UserActionName } from '@recount/record'
import { createRedactor } from '@recount/redact'
import {
  type EvalExample,
  type EvalFormat,
  evalRow,
  exportEvals,
  type GroupKey,
  type Store,
} from '@recount/store'
import { CliError, EXIT } from '../errors.ts'
import { readIds } from '../evals/id-lines.ts'
import { idsAndFiles } from '../evals/names.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { withSource } from '../store/open-source.ts'
import { type FilterOptions, filterOf } from '../store/query-filter.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from '../whole-file.ts'

/** Options of `recount evals export`. */
export interface EvalsExportOptions extends FilterOptions {
  readonly format: EvalFormat
  readonly ids?: string
  readonly count?: number
  readonly sample?: number
  readonly seed: string
  readonly by?: string
  readonly errorsFirst?: boolean
  readonly expectOutput?: boolean
  readonly assert: string
  readonly dataset: string
  readonly out?: string
}

/** Prints calls as rows of a data set; 1 when an id names no call. */
export async function exportRows(
  names: readonly string[],
  options: EvalsExportOptions,
  terminal: Terminal,
): Promise<number> {
  checkSampling(options)
  const { ids, files } = idsAndFiles(names)
  const wanted = options.ids === undefined ? ids : [...ids, ...(await readIds(options.ids))]
  const isByIds = names.length > files.length || options.ids !== undefined
  const counts = { rows: 0, unlabelled: 0, empty: 0, repeated: 0, missing: 0 }
  await withSource(files, options, terminal, async (store) => {
    const examples = examplesOf(store, isByIds ? wanted : undefined, options, counts, terminal)
    const lines = rowLines(examples, options, counts)
    if (options.out !== undefined) await writeWhole(options.out, lines, 0o600)
    else for await (const line of lines) await print(line, terminal)
  })
  sayCounts(counts, options, terminal)
  return counts.missing > 0 ? EXIT.no : EXIT.done
}

interface Counts {
  rows: number
  unlabelled: number
  empty: number
  repeated: number
  missing: number
}

function checkSampling({ sample, by, errorsFirst }: EvalsExportOptions): void {
  if (sample === undefined && (by !== undefined || errorsFirst === true))
    throw new CliError('CLI_OPTION_INVALID', 'Say --sample N with --by and --errors-first')
}

function examplesOf(
  store: Store,
  ids: readonly string[] | undefined,
  options: EvalsExportOptions,
  counts: Counts,
  terminal: Terminal,
): AsyncIterable<EvalExample> {
  const { action, ...rest } = options
  const { tenant, ...filter } = filterOf(rest)
  const { sample, seed, by, errorsFirst, expectOutput } = options
  const given = Object.entries(filter).filter(([, value]) => isGiven(value))
  if (ids !== undefined && (given.length > 0 || action !== undefined))
    throw new CliError('CLI_OPTION_INVALID', 'Name calls by ids or ask for them by flags, not both')
  return exportEvals(store, {
    redact: createRedactor(),
    filter: { tenant, ...Object.fromEntries(given) },
    ids,
    actions: listOf(action) as UserActionName[],
    expectOutput,
    sample:
      sample === undefined
        ? undefined
        : { count: sample, seed, by: listOf(by) as GroupKey[], errorsFirst },
    onLeftOut(id, why) {
      if (why === 'no content') counts.empty += 1
      if (why === 'repeated') counts.repeated += 1
      if (why === 'not found') counts.missing += 1
      if (why === 'not found') terminal.say(plainLine(`No call has the id ${id}`))
    },
  })
}

function isGiven(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== undefined
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

async function* rowLines(
  examples: AsyncIterable<EvalExample>,
  { format, dataset, assert: assertion, count }: EvalsExportOptions,
  counts: Counts,
): AsyncGenerator<Buffer> {
  if (count === 0) return
  for await (const example of examples) {
    yield Buffer.from(`${plainJson(evalRow(example, format, { dataset, assertion }))}\n`)
    counts.rows += 1
    if (example.expected === null) counts.unlabelled += 1
    if (counts.rows === count) return
  }
}

/** Waits for a reader that is slower than we are. */
async function print(line: Buffer, terminal: Terminal): Promise<void> {
  terminal.print(line.toString('utf8'))
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}

function sayCounts(
  { rows, unlabelled, empty, repeated }: Counts,
  { format, out }: EvalsExportOptions,
  terminal: Terminal,
): void {
  terminal.say(`${plural(rows, 'row')}${out === undefined ? '' : ` in ${plainLine(out)}`}`)
  if (empty > 0)
    terminal.say(`${plural(empty, 'call')} left out: nothing was kept of what they were asked`)
  if (repeated > 0) terminal.say(`${plural(repeated, 'attempt')} left out: others repeated them`)
  if (unlabelled > 0 && format !== 'jsonl')
    terminal.say(
      `${plural(unlabelled, 'row')} without an expected answer: no user edited or accepted it; --expect-output takes what was said`,
    )
}

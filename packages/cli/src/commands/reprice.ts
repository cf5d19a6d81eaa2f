import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type Input, readText } from '@recount/analyze'
import { createPricer, useTable } from '@recount/capture/cost'
import { CliError, EXIT } from '../errors.ts'
import { chooseInputs } from '../inputs.ts'
import { dollarsText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import {
  noCounts,
  type RepriceCounts,
  type Repricing,
  repriceLine,
} from '../reprice/reprice-line.ts'
import { repriceStream } from '../reprice/reprice-stream.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from '../whole-file.ts'

/** Options of `recount reprice`. */
export interface RepriceOptions {
  readonly prices?: string
  readonly table?: string
  readonly out?: string
  readonly json?: boolean
}

/** Computes the cost of every call again and writes all lines, those of other kinds as they are; the summary goes to stderr. */
export async function repriceFiles(
  patterns: readonly string[],
  options: RepriceOptions,
  terminal: Terminal,
): Promise<number> {
  const repricing = await repricingOf(options)
  const inputs = await chooseInputs(patterns, terminal)
  const counts = noCounts()
  const chunks = allLines(inputs, repricing, counts, terminal)
  if (options.out === undefined) await print(chunks)
  else await writeWhole(options.out, chunks)
  summarise(counts, options, terminal)
  return EXIT.done
}

async function repricingOf({ prices, table }: RepriceOptions): Promise<Repricing> {
  if (table !== undefined) {
    const text = await readOption('table', table)
    try {
      useTable(text)
    } catch (cause) {
      throw wrongOption('table', table, "a price table in the format of genai-prices' data", cause)
    }
  }
  if (prices === undefined) return { price: createPricer(), hasOwnPrices: false }
  const text = await readOption('prices', prices)
  try {
    return { price: createPricer(JSON.parse(text)), hasOwnPrices: true }
  } catch (cause) {
    throw wrongOption('prices', prices, 'prices as JSON', cause)
  }
}

async function readOption(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw wrongOption(name, path, 'a file that can be read', cause)
  }
}

function wrongOption(name: string, path: string, expected: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CliError(
    'CLI_OPTION_INVALID',
    `Expected --${name} ${path} to be ${expected}: ${why}`,
    { cause },
  )
}

async function* allLines(
  inputs: readonly Input[],
  repricing: Repricing,
  counts: RepriceCounts,
  terminal: Terminal,
): AsyncGenerator<Buffer> {
  for (const input of inputs) {
    const onDamage = (reason: string): void =>
      terminal.say(`${plainLine(input.name)}: ${reason}; what was readable is there`)
    const reprice = (line: string): string => repriceLine(line, repricing, counts)
    let last: number | undefined
    for await (const chunk of repriceStream(readText(input, { onDamage }), reprice)) {
      yield chunk
      last = chunk.at(-1)
    }
    // The cut last line of one file does not run into the first line of the next.
    if (last !== undefined && last !== NEWLINE && input !== inputs.at(-1)) yield Buffer.from('\n')
  }
}

const NEWLINE = 0x0a

/** Waits for a reader that is slower than we are. */
async function print(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
  }
}

function summarise(counts: RepriceCounts, { json }: RepriceOptions, terminal: Terminal): void {
  const { before_nanos, after_nanos, ...rest } = counts
  const before_usd = before_nanos / 1e9
  const after_usd = after_nanos / 1e9
  if (json) {
    terminal.say(JSON.stringify({ ...rest, before_usd, after_usd }))
    return
  }
  terminal.say(
    `${plural(counts.calls, 'call')} in ${plural(counts.lines, 'line')}, ${counts.changed} with another cost: ${dollarsText(before_usd)} before, ${dollarsText(after_usd)} now`,
  )
  for (const text of asides(counts)) terminal.say(text)
  if (counts.after_unknown === 0) return
  terminal.say(
    `Unknown for ${plural(counts.after_unknown, 'call')} (before: ${counts.before_unknown})`,
  )
  for (const [reason, calls] of Object.entries(counts.reasons))
    terminal.say(`  ${calls} ${plainLine(reason)}`)
}

function asides({ gained, lost, kept, without_cost }: RepriceCounts): string[] {
  return [
    ...(gained > 0
      ? [`${plural(gained, 'cost')} known now that ${gained === 1 ? 'was' : 'were'} unknown`]
      : []),
    ...(lost > 0
      ? [`${plural(lost, 'cost')} unknown now that ${lost === 1 ? 'was' : 'were'} known`]
      : []),
    ...(kept > 0
      ? [
          `${plural(kept, 'call')} left at prices of your own: give them as --prices to compute them again`,
        ]
      : []),
    ...(without_cost > 0
      ? [
          `${plural(without_cost, 'call')} left as recorded, without a cost (log.llm says none; captured calls do)`,
        ]
      : []),
  ]
}

import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type BoundResult, checkBounds, type Report } from '@recount/analyze'
import { type AnalyzeFormat, type FormatOptions, writeReport } from './analyze-formats.ts'
import { CliError, EXIT } from './errors.ts'
import { plainLine } from './plain-text.ts'
import type { Terminal } from './terminal.ts'
import { endOfLinks, writeWhole } from './whole-file.ts'

/** How a report is handed over. */
export interface DeliveryOptions extends FormatOptions {
  readonly failOn?: readonly string[]
  readonly allowEmpty?: boolean
  readonly out?: string
}

/** Writes a report and names broken bounds: 1 where there are any, 130 where it is of a part. */
export async function deliver(
  report: Report,
  { failOn = [], allowEmpty = false, out }: DeliveryOptions,
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

/** What is read is not written over: `CLI_OPTION_INVALID` names it. */
export async function refuseOverwriting(
  out: string | undefined,
  paths: readonly string[],
): Promise<void> {
  const target = out === undefined ? undefined : await identityOf(out)
  if (target === undefined) return
  for (const path of paths) {
    if ((await identityOf(path)) !== target) continue
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected \`--out\` to be another file than what is read, got ${plainLine(out ?? '')}, which is ${plainLine(path)}`,
    )
  }
}

/** A state is written after the report, so that the report has to be elsewhere, also where there is neither yet: `CLI_OPTION_INVALID`. */
export async function refuseStateAsOut(
  out: string | undefined,
  state: string | undefined,
): Promise<void> {
  if (out === undefined || state === undefined) return
  const [target, own] = await Promise.all([placeOf(out), placeOf(state)])
  if (target !== own && target !== `${own}.lock`) return
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected \`--out\` to be another file than that of \`--state\`, got ${plainLine(out)}; name one for the report`,
  )
}

/** Where a file is or would be, the same for every path to it. */
async function placeOf(path: string): Promise<string> {
  const target = await endOfLinks(path).catch(() => path)
  const folder = await realpath(dirname(target)).catch(() => resolve(dirname(target)))
  return join(folder, basename(target))
}

/** The same for every path to a file; undefined for what is none. */
export async function identityOf(path: string): Promise<string | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined)
  return info?.isFile() ? `${info.dev}:${info.ino}` : undefined
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

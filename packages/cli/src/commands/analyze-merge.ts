import { checkExpressions, mergeReports, type Report } from '@recount/analyze'
import { deliver, identityOf, refuseOverwriting } from '../analyze-delivery.ts'
import { formatOf } from '../analyze-formats.ts'
import { CliError } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plainLine } from '../plain-text.ts'
import type { Terminal } from '../terminal.ts'
import { type AnalyzeCommandOptions, analyzeFiles } from './analyze.ts'

/** What says something where reports are merged; all else is about reading logs. */
const OPTIONS = ['format', 'json', 'out', 'failOn', 'allowEmpty', 'mergeable', 'by']

/** Adds reports up and delivers what they come to; logs are read where a file is called `merge`. */
export async function mergeFiles(
  paths: readonly string[],
  options: AnalyzeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if ((await identityOf('merge')) !== undefined)
    return analyzeFiles(['merge', ...paths], options, terminal)
  refuseOptions(options)
  const format = formatOf(options)
  checkExpressions(options.failOn ?? [])
  await refuseTwice(paths)
  await refuseOverwriting(options.out, paths)
  const report = await merged(paths, terminal)
  refuseOtherKeys(options.by, report.by)
  return deliver(report, options, format, terminal)
}

function refuseOptions(options: AnalyzeCommandOptions): void {
  const other = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (other === undefined) return
  const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected no \`${flag}\` with merge: reports are added up as they are; say it where they are made`,
  )
}

/** Reports are grouped once and for all. */
function refuseOtherKeys(by: readonly string[] | undefined, keys: readonly string[]): void {
  const asked = by?.flatMap((list) => list.split(',').map((key) => key.trim()))
  if (asked === undefined || asked.join() === keys.join()) return
  const own = keys.length === 0 ? 'left out, since the reports have no groups' : keys.join(',')
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected \`--by\` with merge to be ${own}, got ${plainLine(asked.join(','))}`,
  )
}

/** A report that is added twice doubles all that it says. */
async function refuseTwice(paths: readonly string[]): Promise<void> {
  const seen = new Map<string, string>()
  for (const path of paths) {
    const id = (await identityOf(path)) ?? path
    const before = seen.get(id)
    if (before !== undefined) {
      const names = `${plainLine(before)} and ${plainLine(path)}`
      throw new CliError('CLI_OPTION_INVALID', `Expected each report once, got ${names}`)
    }
    seen.set(id, path)
  }
}

async function merged(paths: readonly string[], terminal: Terminal): Promise<Report> {
  const texts = await Promise.all(paths.map((path) => readNamedFile(path)))
  for (const [i, text] of texts.entries()) {
    const first = texts.indexOf(text)
    if (first < i)
      terminal.say(
        `Warning: ${plainLine(paths[first] ?? '')} and ${plainLine(paths[i] ?? '')} are the same to the last byte, and both are counted`,
      )
  }
  return mergeReports(texts.map((text, i) => ({ name: paths[i] ?? '', report: parsed(text) })))
}

/** What is no JSON is refused by name with all else that is no report. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

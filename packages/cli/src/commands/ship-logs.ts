import { type LogFile, lookAtLogFile, type ShippedLogs, shipLogs } from '@recount/s3'
import { CliError, EXIT } from '../errors.ts'
import { chooseInputsWithContent, DEFAULT_PATTERN } from '../inputs.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { connectionOf, type StoreCommandOptions } from '../s3-connection.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount ship logs`. */
export interface ShipLogsCommandOptions extends StoreCommandOptions {
  readonly content?: string
  readonly all?: boolean
  readonly json?: boolean
}

/** Ships finished log files; content only where a place for it is named. */
export async function shipLogFiles(
  url: string,
  patterns: readonly string[],
  options: ShipLogsCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const paths = await pathsOf(patterns, terminal)
  const looked: LogFile[] = []
  for (const path of paths) looked.push(await lookAtLogFile(path))
  const { files, content, active, unplaced } = chooseFiles(looked, options)
  sayLeftOut(active, unplaced, terminal)
  const connection = connectionOf(options)
  // First: a place that locks what is put there is refused before anything is sent.
  const shipped =
    options.content === undefined
      ? null
      : await shipLogs({ url: options.content, files: content, kind: 'content', ...connection })
  const logs = await shipLogs({ url, files, ...connection })
  if (options.json) terminal.print(`${plainJson({ logs, content: shipped })}\n`)
  else {
    terminal.print(`${shippedText('logs', logs)}${leftOutText(active.length, unplaced.length)}\n`)
    if (shipped !== null) terminal.print(`${shippedText('content', shipped)}\n`)
  }
  return sayFailed([...logs.failed, ...(shipped?.failed ?? [])], terminal)
}

/** The exit code. */
function sayFailed(failed: ShippedLogs['failed'], terminal: Terminal): number {
  for (const { file, message } of failed)
    terminal.say(`${plainLine(file)} was not shipped to its end: ${plainLine(message)}`)
  return failed.length === 0 ? EXIT.done : EXIT.failed
}

/** Never what is piped in: the name of a file tells whether it is finished, and objects are named by it. */
async function pathsOf(patterns: readonly string[], terminal: Terminal): Promise<string[]> {
  if (patterns.includes('-'))
    throw new CliError(
      'CLI_OPTION_INVALID',
      'Expected files to ship, got - for stdin; write it to a file, and name that',
    )
  if (patterns.length === 0) terminal.say(`Shipping ${DEFAULT_PATTERN}`)
  const chosen = patterns.length === 0 ? [DEFAULT_PATTERN] : patterns
  return (await chooseInputsWithContent(chosen, terminal)).flatMap(({ path }) => path ?? [])
}

interface Chosen {
  readonly files: readonly string[]
  readonly content: readonly string[]
  /** Left out, because somebody may still write to them. */
  readonly active: readonly string[]
  /** Content, where no place for it is named. */
  readonly unplaced: readonly string[]
}

/** Content goes where `--content` says or nowhere, whatever else is asked for. */
function chooseFiles(looked: readonly LogFile[], options: ShipLogsCommandOptions): Chosen {
  const hasPlace = options.content !== undefined
  const wanted = looked.filter(({ kind }) => kind === 'logs' || hasPlace)
  const ready = wanted.filter(({ isActive }) => options.all || !isActive)
  return {
    files: pathsOfKind(ready, 'logs'),
    content: pathsOfKind(ready, 'content'),
    active: wanted.filter((file) => !ready.includes(file)).map(({ path }) => path),
    unplaced: hasPlace ? [] : pathsOfKind(looked, 'content'),
  }
}

function pathsOfKind(files: readonly LogFile[], wanted: LogFile['kind']): string[] {
  return files.filter(({ kind }) => kind === wanted).map(({ path }) => path)
}

function sayLeftOut(
  active: readonly string[],
  unplaced: readonly string[],
  terminal: Terminal,
): void {
  if (active.length > 0)
    terminal.say(
      `${plural(active.length, 'file')} may still be written to and ${active.length === 1 ? 'is' : 'are'} left out, such as ${plainLine(active[0] ?? '')} (--all ships them as they are; rotated are names such as app.2026-11-21.1.jsonl, and .gz)`,
    )
  if (unplaced.length > 0)
    terminal.say(
      `${plural(unplaced.length, 'file')} of content left out, such as ${plainLine(unplaced[0] ?? '')} (--content s3://… ships them)`,
    )
}

function leftOutText(active: number, unplaced: number): string {
  const reasons = [
    ...(active > 0 ? [`${active} may still be written to`] : []),
    ...(unplaced > 0 ? [`${unplaced} of content`] : []),
  ]
  return reasons.length === 0 ? '' : `; left out: ${reasons.join(', ')}`
}

function shippedText(what: string, { files, lines, objects, present }: ShippedLogs): string {
  const before = present > 0 ? `, ${present} of them there before` : ''
  return `${what}: ${plural(files, 'file')}, ${plural(lines, 'line')} in ${plural(objects, 'object')}${before}`
}

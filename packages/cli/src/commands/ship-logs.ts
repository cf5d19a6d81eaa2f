import { logFileKind, type ShippedLogs, shipLogs } from '@recount/s3'
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
  const named = paths.map((path) => ({ path, kind: logFileKind(path) }))
  const files = of(named, options.all ? ['finished', 'active'] : ['finished'])
  const content = of(named, ['content'])
  const active = options.all ? [] : of(named, ['active'])
  if (active.length > 0)
    terminal.say(
      `${plural(active.length, 'file')} may still be written to and ${active.length === 1 ? 'is' : 'are'} left out, such as ${plainLine(active[0] ?? '')} (--all ships them as they are)`,
    )
  if (content.length > 0 && options.content === undefined)
    terminal.say(
      `${plural(content.length, 'file')} of content left out (--content s3://… ships them)`,
    )
  const connection = connectionOf(options)
  const logs = await shipLogs({ url, files, ...connection })
  const shipped =
    options.content === undefined
      ? null
      : await shipLogs({ url: options.content, files: content, kind: 'content', ...connection })
  if (options.json) terminal.print(`${plainJson({ logs, content: shipped })}\n`)
  else {
    terminal.print(`${shippedText('logs', logs)}\n`)
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

function of(
  named: readonly { readonly path: string; readonly kind: string }[],
  kinds: readonly string[],
): string[] {
  return named.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path)
}

function shippedText(what: string, { files, lines, objects, present }: ShippedLogs): string {
  const before = present > 0 ? `, ${present} of them there before` : ''
  return `${what}: ${plural(files, 'file')}, ${plural(lines, 'line')} in ${plural(objects, 'object')}${before}`
}

import { once } from 'node:events'
import { type AuditEntry, readEntries } from '@recount/audit'
import { momentMs } from '../durations.ts'
import { CliError, EXIT } from '../errors.ts'
import { plainLine } from '../plain-text.ts'
import { type Paint, painter, type Terminal } from '../terminal.ts'

/** Options of `recount audit log`. */
export interface AuditLogOptions {
  readonly actor?: string
  readonly subject?: string
  readonly tenant?: string
  readonly action?: string
  readonly since?: string
  readonly until?: string
  readonly json?: boolean
}

/** Prints entries, oldest first. What is printed is not verified. */
export async function printLog(
  dir: string,
  options: AuditLogOptions,
  terminal: Terminal,
): Promise<number> {
  const isWanted = filterOf(options)
  const paint = painter(terminal.color)
  for await (const { entry, line } of readEntries(dir)) {
    if (!isWanted(entry)) continue
    terminal.print(options.json ? `${line}\n` : entryText(entry, paint))
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
  }
  return EXIT.done
}

function filterOf(options: AuditLogOptions): (entry: AuditEntry) => boolean {
  const { actor, subject, tenant, action } = options
  const since = momentOf('--since', options.since)
  const until = momentOf('--until', options.until)
  // `app.*` stands for all that begin so.
  const prefix = action?.endsWith('*') ? action.slice(0, -1) : undefined
  return (entry) => {
    const time = Date.parse(entry.ts)
    return (
      (actor === undefined || entry.actor.id === actor) &&
      (subject === undefined || entry.subject === subject) &&
      (tenant === undefined || entry.tenant === tenant) &&
      (action === undefined || entry.action === action || isBegun(entry.action, prefix)) &&
      (since === undefined || time >= since) &&
      (until === undefined || time < until)
    )
  }
}

function isBegun(action: string, prefix: string | undefined): boolean {
  return prefix !== undefined && action.startsWith(prefix)
}

function momentOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const moment = momentMs(text)
  if (moment === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected ${name} to be an ISO date or a duration such as 24h, got ${plainLine(text)}`,
    )
  return moment
}

function entryText(entry: AuditEntry, paint: Paint): string {
  const { seq, ts, action, actor, target, outcome, tenant, subject } = entry
  const style = outcome === 'success' ? 'green' : 'yellow'
  const about = [tenant && `tenant ${tenant}`, subject && `subject ${subject}`].filter(Boolean)
  const words = [
    String(seq).padStart(6),
    paint('dim', plainLine(String(ts))),
    paint('bold', plainLine(action)),
    paint(style, plainLine(String(outcome))),
    plainLine(`${actor?.type} ${actor?.id}`),
    '→',
    plainLine(`${target?.type} ${target?.id}`),
    ...about.map((word) => paint('dim', plainLine(String(word)))),
  ]
  return `${words.join('  ')}\n`
}

import { homedir } from 'node:os'
import { join } from 'node:path'
import { type AuditLog, openAudit, readLogFile } from '@recount/audit'
import { CliError } from '../errors.ts'
import { plainLine } from '../plain-text.ts'

/** How a log is opened from the command line. */
export interface OpenOptions {
  /** The private key; default: where it was when the log was made. */
  readonly key?: string
  /** Milliseconds to wait for another writer. */
  readonly wait?: number
  readonly pseudonymize?: boolean
}

/** Where the private key of a log lies when nobody says: one file a log, in the user's configuration. */
export function defaultKeyPath(origin: string): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env
  const home = process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME
  const config = home || join(homedir(), '.config')
  return join(config, 'recount', 'audit', `${encodeURIComponent(origin)}.key`)
}

/** Opens the log of a folder for writing. `CLI_NO_INPUT` where there is none. */
export async function openLog(dir: string, options: OpenOptions = {}): Promise<AuditLog> {
  const file = await readLogFile(dir)
  if (file === undefined)
    throw new CliError(
      'CLI_NO_INPUT',
      `There is no audit log in ${plainLine(dir)}; make one: recount audit init ${plainLine(dir)} --origin NAME`,
    )
  const key = options.key ?? file.key
  if (key === null)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Somebody else signs ${plainLine(dir)}; give --key FILE`,
    )
  const { wait = 30_000, pseudonymize } = options
  // Once names are replaced in a log, they are, also where nobody asks for it.
  return openAudit({
    dir,
    origin: file.origin,
    key,
    wait,
    ...(pseudonymize && { pseudonyms: true }),
  })
}

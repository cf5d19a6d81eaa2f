import { readFile } from 'node:fs/promises'
import { CliError } from './errors.ts'
import { plainLine } from './plain-text.ts'

/** The text of a file that the command line names. Throws `CLI_FILE_UNREADABLE`. */
export async function readNamedFile(path: string): Promise<string> {
  return (await readNamedBytes(path)).toString()
}

/** The bytes of a file that the command line names. Throws `CLI_FILE_UNREADABLE`. */
export async function readNamedBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: Error) => {
    throw unreadable(path, cause)
  })
}

/** Says that a file that the command line names is not there, or why it cannot be read. */
export function unreadable(path: string, cause: Error): CliError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  const why = isMissing ? 'no such file' : cause.message
  return new CliError('CLI_FILE_UNREADABLE', `Could not read ${plainLine(path)}: ${why}`, { cause })
}

import { randomUUID } from 'node:crypto'
import { lstat, open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CliError } from './errors.ts'

/**
 * Writes a file so that others see all of it or what was there before. Links stay links, and what is no file (a pipe, a
 * device) is written into as it is. Default mode 0644. `CLI_OUTPUT_FAILED` when it cannot be written.
 */
export async function writeWhole(path: string, content: Content, mode = 0o644): Promise<void> {
  try {
    const target = await endOfLinks(path)
    const info = await stat(target).catch(() => undefined)
    if (info === undefined || info.isFile()) await replace(target, content, mode)
    else await writeFile(target, content)
  } catch (cause) {
    // What could not be read is no fault of the output.
    if (!isSystemError(cause)) throw cause
    throw outputFailure(path, cause)
  }
}

/** Why a file could not be written, in words of what was asked for. */
export function outputFailure(path: string, cause: unknown): CliError {
  const { code, message } = cause as NodeJS.ErrnoException
  const reasons: Readonly<Record<string, string>> = {
    EISDIR: 'it is a folder; name a file',
    ENOENT: `there is no folder ${dirname(path)}`,
    ENOTDIR: `${dirname(path)} is no folder`,
  }
  const reason = reasons[code ?? ''] ?? message.replaceAll(TEMPORARY, '')
  return new CliError('CLI_OUTPUT_FAILED', `Could not write ${path}: ${reason}`, { cause })
}

/** What the name of a file has behind it while it is written. */
const TEMPORARY = /\.[0-9a-f-]{36}\.tmp\b/g

/** What is written: a text, or pieces that come one after the other. */
type Content = string | AsyncIterable<Uint8Array>

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

/** Where a path leads, also when nothing is there yet. */
export async function endOfLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const info = await lstat(path).catch(() => undefined)
    if (!info?.isSymbolicLink()) return path
    return endOfLinks(resolve(await realpath(dirname(path)), await readlink(path)))
  }
}

async function replace(path: string, content: Content, mode: number): Promise<void> {
  // Beside the target: a rename across file systems is not one step.
  // In a container every process has one number, and one that was killed leaves its file.
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await writeFile(file, content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

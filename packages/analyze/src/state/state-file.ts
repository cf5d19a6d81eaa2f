import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isRow } from '@recount/record/shapes'
import { AnalyzeError } from '../errors.ts'
import type { Fingerprint } from './fingerprint.ts'

/** A log that was read. */
export interface KnownLog extends Fingerprint {
  /** Where it was last. */
  readonly path: string
  /** Device and inode, as it was last. */
  readonly inode: string
  /** Size and times of the file when it was read; with the same inode and these it has not changed. */
  readonly stamp: string
  /** Runs since it was seen. */
  readonly unseen: number
}

/** What is remembered from run to run. */
export interface RunState {
  readonly logs: readonly KnownLog[]
  /** Calls that had started and not ended. */
  readonly open: readonly string[]
}

const VERSION = 1

/** Reads what earlier runs left; nothing where there is no file. ANALYZE_STATE_INVALID where it is no such file. */
export async function readState(path: string): Promise<RunState> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { logs: [], open: [] }
    throw invalid(path, `cannot be read: ${(error as Error).message}`, error)
  }
  const state = parsed(text)
  if (state === undefined)
    throw invalid(path, 'is no state of `analyze`; name another, or delete it to start anew')
  return state
}

function parsed(text: string): RunState | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isState = isRow(value) && value.version === VERSION && Array.isArray(value.logs)
    return isState && Array.isArray(value.open) ? (value as unknown as RunState) : undefined
  } catch {
    return undefined
  }
}

/** Writes it so that after a crash there is the old state or the new one. */
export async function writeState(path: string, { logs, open: spans }: RunState): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(`${JSON.stringify({ version: VERSION, logs, open: spans })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw invalid(path, `cannot be written: ${(error as Error).message}`, error)
  }
}

/**
 * Keeps other runs away from a state until the function that it resolves with is called.
 * ANALYZE_STATE_LOCKED where another run has it; the lock of a process that has died is taken over.
 */
export async function lockState(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`
  const own = `${lock}.${process.pid}.tmp`
  const file = await open(own, 'w', 0o600).catch((error: unknown) => {
    throw invalid(path, `cannot be locked: ${(error as Error).message}`, error)
  })
  try {
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }))
    await file.close()
    // A link is made whole or not at all, so that no run sees a lock without its owner.
    const taken =
      (await tryLink(own, lock)) || ((await isDead(lock)) && (await takeOver(own, lock)))
    if (!taken) {
      throw new AnalyzeError(
        'ANALYZE_STATE_LOCKED',
        `Another run has ${path} (${lock}); wait for it`,
      )
    }
  } finally {
    await rm(own, { force: true })
  }
  return () => rm(lock, { force: true })
}

async function tryLink(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Of two that take over only one can rename the dead lock away. */
async function takeOver(own: string, lock: string): Promise<boolean> {
  const dead = `${own}.dead`
  try {
    await rename(lock, dead)
  } catch {
    return false
  }
  await rm(dead, { force: true })
  return tryLink(own, lock)
}

async function isDead(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => '')
  try {
    const { pid, host } = JSON.parse(text) as { pid: number; host: string }
    if (host !== hostname() || pid === process.pid) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function invalid(path: string, what: string, cause?: unknown): AnalyzeError {
  return new AnalyzeError('ANALYZE_STATE_INVALID', `The state ${path} ${what}`, { cause })
}

import { randomUUID } from 'node:crypto'
import { constants, readFileSync, rmSync } from 'node:fs'
import { copyFile, link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { AnalyzeError } from '../errors.ts'
import { stateInvalid } from './state-file.ts'

/** How often who has a lock says that it is alive, and after which silence it counts as dead. */
const BEAT_MS = 10_000
const SILENCE_MS = 300_000

/** A state that is kept away from other runs. */
export interface StateLock {
  /** Throws ANALYZE_STATE_LOCKED where another run has taken over, since this one stood still for minutes. */
  check(): Promise<void>
  release(): Promise<void>
}

interface Owner {
  readonly pid: number
  readonly host: string
  readonly run: string
}

/** Runs of this process that have a lock: the next process may have its number, as in a container it has. */
const OWN_RUNS = new Set<string>()

/**
 * Keeps other runs away from a state. ANALYZE_STATE_LOCKED where another run has it; a lock is taken over when its
 * process has died, or has said nothing for five minutes, as where a container was killed.
 */
export async function lockState(path: string): Promise<StateLock> {
  const lock = `${path}.lock`
  const owner: Owner = { pid: process.pid, host: hostname(), run: randomUUID() }
  const own = `${lock}.${owner.run}.tmp`
  try {
    await writeOwner(own, owner).catch((error: unknown) => {
      throw stateInvalid(path, `cannot be locked: ${(error as Error).message}`, error)
    })
    // A link is made whole or not at all, so that no run sees a lock without its owner.
    const taken =
      (await tryLink(own, lock)) || ((await isDead(lock, own)) && (await takeOver(own, lock)))
    if (!taken) throw locked(path, lock)
  } finally {
    await rm(own, { force: true })
  }
  OWN_RUNS.add(owner.run)
  const beat = setInterval(() => void touch(lock), BEAT_MS)
  beat.unref()
  const isOwn = async (): Promise<boolean> => (await ownerOf(lock))?.run === owner.run
  // As where nobody takes what is written to stdout: the process ends with nothing awaited.
  const onExit = () => releaseNow(lock, owner)
  process.once('exit', onExit)
  return {
    async check() {
      if (!(await isOwn())) throw locked(path, lock)
    },
    async release() {
      clearInterval(beat)
      OWN_RUNS.delete(owner.run)
      process.off('exit', onExit)
      if (await isOwn()) await rm(lock, { force: true })
    },
  }
}

async function writeOwner(path: string, owner: Owner): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(JSON.stringify(owner))
  } finally {
    await file.close()
  }
}

function locked(path: string, lock: string): AnalyzeError {
  return new AnalyzeError('ANALYZE_STATE_LOCKED', `Another run has ${path} (${lock}); wait for it`)
}

async function touch(lock: string): Promise<void> {
  const now = new Date()
  await utimes(lock, now, now).catch(() => {})
}

async function tryLink(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
  }
  // Some file systems have no links.
  try {
    await copyFile(own, lock, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw stateInvalid(lock, `cannot be written: ${(error as Error).message}`, error)
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

async function isDead(lock: string, own: string): Promise<boolean> {
  const owner = await ownerOf(lock)
  if (owner !== undefined && owner.host === hostname() && hasEnded(owner)) return true
  // The clock of the file system counts, which may be another machine's.
  const [last, now] = await Promise.all([stat(lock), stat(own)]).catch(() => [])
  return last !== undefined && now !== undefined && now.mtimeMs - last.mtimeMs > SILENCE_MS
}

function hasEnded({ pid, run }: Owner): boolean {
  if (pid === process.pid) return !OWN_RUNS.has(run)
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function releaseNow(lock: string, { run }: Owner): void {
  try {
    if (toOwner(readFileSync(lock, 'utf8'))?.run === run) rmSync(lock)
  } catch {
    // Another run frees it, since its process is gone.
  }
}

async function ownerOf(lock: string): Promise<Owner | undefined> {
  return toOwner(await readFile(lock, 'utf8').catch(() => ''))
}

function toOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner
  } catch {
    return undefined
  }
}

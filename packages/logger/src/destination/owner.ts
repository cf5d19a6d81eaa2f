import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'

/**
 * Who made a file: `PLACE-PID-START-TOKEN`, in a worker thread `PLACE-PID.THREAD-START-TOKEN`. PLACE stands for a boot of
 * a machine and a PID namespace, because only there a PID says something; THREAD is the kernel's number of the worker,
 * which may end long before its process; START is the thread's start time, because numbers are used again; TOKEN makes
 * it unique.
 */
export function newOwner(): string {
  const { pid } = process
  const thread = ownThread()
  const start = Number(startTime(pid, thread)) || 0
  const who = thread === pid ? `${pid}` : `${pid}.${thread}`
  return `${place()}-${who}-${start}-${randomBytes(4).toString('hex')}`
}

/** How an owner looks in a regular expression. */
export const OWNER_PATTERN = '[0-9a-f]{8}-\\d+(?:\\.\\d+)?-\\d+-[0-9a-f]{8}'

/** A file from elsewhere belongs to a living process when it was touched so lately. */
const FOREIGN_ALIVE_MS = 60_000

/**
 * Whether the thread that made a file still runs. In doubt it does. From elsewhere (another host or container) only
 * the age of the file can tell: `ageMs` by the clock of the file system.
 */
export function isAlive(owner: string, ageMs: number): boolean {
  const [where, who = '', start] = owner.split('-')
  if (where !== place()) return ageMs < FOREIGN_ALIVE_MS
  const [pid = 0, thread = pid] = who.split('.').map(Number)
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startTime(pid, thread)
  if (start === '0' || now === undefined || now === start) return true
  // What belongs to other users may be hidden: a thread has ended only where its process can be seen without it.
  return now === NOT_THERE && !canBeSeen(pid)
}

/** The kernel's number of this thread; the PID on the main thread, and where the system does not tell. */
function ownThread(): number {
  try {
    return Number(basename(readlinkSync('/proc/thread-self')))
  } catch {
    return process.pid
  }
}

let ownPlace: string | undefined

function place(): string {
  ownPlace ??= createHash('sha256')
    .update(`${hostname()} ${bootId()} ${pidNamespace()}`)
    .digest('hex')
    .slice(0, 8)
  return ownPlace
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

const NOT_THERE = 'not there'

function canBeSeen(pid: number): boolean {
  const start = startTime(pid, pid)
  return start !== undefined && start !== NOT_THERE
}

/** Field 22 of a thread's stat, see proc(5); a zombie has ended; undefined where it cannot be read. */
function startTime(pid: number, thread: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ESRCH' ? NOT_THERE : undefined
  }
}

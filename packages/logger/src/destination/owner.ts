import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Who made a file: `PLACE-PID-START-TOKEN`. PLACE stands for a boot of a machine and a PID namespace, because only
 * there a PID says something; START is the process's start time, because PIDs are used again; TOKEN makes it unique.
 */
export function newOwner(): string {
  const start = startTime('self') ?? '0'
  return `${place()}-${process.pid}-${start}-${randomBytes(4).toString('hex')}`
}

/** How an owner looks in a regular expression. */
export const OWNER_PATTERN = '[0-9a-f]{8}-\\d+-\\d+-[0-9a-f]{8}'

/** A file from elsewhere belongs to a living process when it was touched so lately. */
const FOREIGN_ALIVE_MS = 60_000

/**
 * Whether the process that made a file still runs. In doubt it does. From elsewhere (another host or container) only
 * the age of the file can tell: `ageMs` by the clock of the file system.
 */
export function isAlive(owner: string, ageMs: number): boolean {
  const [where, pid, start] = owner.split('-')
  if (where !== place()) return ageMs < FOREIGN_ALIVE_MS
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startTime(String(pid))
  return now === undefined || start === '0' || now === start
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

/** Field 22 of /proc/PID/stat, see proc(5); a zombie has ended; undefined where it cannot be read. */
function startTime(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openAudit } from '../src/index.ts'
import { APPENDER } from './kill.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { ORIGIN, optionsIn } from './log-setup.ts'
import { assertKept, type Said, saidIn } from './said.ts'
import { type Fault, runWithFault } from './strace.ts'

/** Each of two sessions, so that starting again is tried, too. */
const EVENTS = 4

/** Calls that change files, which a log depends on. */
export const SYSCALLS = [
  'openat',
  'write',
  'pwrite64',
  'fdatasync',
  'fsync',
  'rename',
  'unlink',
  'ftruncate',
] as const

/** What the system may answer, besides the truth. */
export const ANSWERS = ['error=EIO', 'error=ENOSPC', 'error=EINTR', 'signal=KILL'] as const

/** All files that a short session of a new log touches. */
function touchedBy(path: string): string[] {
  const audit = join(path, 'audit')
  const sizes = Array.from({ length: 24 }, (_, size) => String(size).padStart(20, '0'))
  const files = [
    ...['log.json', 'public.vkey', 'checkpoint', 'tree.json', 'reserve'],
    ...sizes.flatMap((size) => [`${size}.jsonl`, `checkpoints/${size}.note`]),
    ...sizes.map((size) => `${size}.jsonl.recovering`),
  ].map((name) => join(audit, name))
  const key = join(path, 'audit.key')
  return [audit, join(audit, 'checkpoints'), key, ...files, ...files.map((file) => `${file}.tmp`)]
}

/** Runs a session with one fault, then a healthy start; returns what the session said, or undefined where the fault never came to pass. */
export async function surviveFault(path: string, fault: Fault): Promise<Said | undefined> {
  const options = optionsIn(path, { segmentBytes: 1500, reserveBytes: 4096, timeout: 2000 })
  const run = JSON.stringify({ options, count: EVENTS, sessions: 2 })
  const name = `${fault.syscall} ${fault.what} ${fault.when}`
  const traced = await runWithFault(APPENDER, [run], touchedBy(path), fault, join(path, 'trace'))
  const said = saidIn(traced.output)
  const audit = await openAudit(options).catch((error: Error) => {
    throw new Error(`After ${name} the log does not open: ${error.message}`, { cause: error })
  })
  await audit.close()
  try {
    assertKept(said, readClosedLog(options.dir, ORIGIN))
    await assertNoAlarm(options.dir)
  } catch (error) {
    throw new Error(`After ${name}: ${(error as Error).message}\n${traced.errors}`, {
      cause: error,
    })
  }
  rmSync(path, { recursive: true })
  return traced.injected > 0 ? said : undefined
}

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** Makes the system answer one call of a process in its own way. */
export interface Fault {
  readonly syscall: string
  /** `error=EIO`, `signal=KILL`, `retval=1`, `delay_enter=5s`. */
  readonly what: string
  /** Which call, from 1; with a plus all from there on. */
  readonly when: string
}

const canTrace = (): boolean => spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0

/** Options of a test that injects faults: where that cannot be done it is left out, by name and with the reason. */
export const needsStrace: { readonly skip: string | false } = {
  skip: canTrace() ? false : 'needs strace (Debian: apt-get install strace) and the right to trace',
}

/** What became of a process under a fault. */
export interface Traced {
  readonly output: string
  readonly errors: string
  /** How often the fault was injected. */
  readonly injected: number
}

/** Runs a Node program with a fault in the calls that touch one of the paths. */
export async function runWithFault(
  program: string,
  args: readonly string[],
  paths: readonly string[],
  { syscall, what, when }: Fault,
  trace: string,
): Promise<Traced> {
  // With a filter in the kernel it does not stop at every call; but then strace (6.1) kills at a first call only.
  const filter = what.startsWith('error=') ? ['--seccomp-bpf'] : []
  const options = [
    ...[
      '-f',
      '-qq',
      ...filter,
      '-e',
      `trace=${syscall}`,
      '-e',
      `inject=${syscall}:${what}:when=${when}`,
    ],
    ...paths.flatMap((path) => ['-P', path]),
  ]
  // strace counts the calls of each thread, so all are to come from one.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
  const command = ['-o', trace, process.execPath, program, ...args]
  const child = spawn('strace', [...options, ...command], { env })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  await once(child, 'close')
  const log = spawnSync('grep', ['-c', 'INJECTED\\|DELAYED\\|killed by SIGKILL', trace], {
    encoding: 'utf8',
  })
  return { output, errors, injected: Number(log.stdout) }
}

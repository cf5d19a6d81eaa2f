import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { GIVE_UP_MS } from './destination-files.ts'
import type { Answer, Command } from './fixtures/destination-commands.ts'

const PROGRAM = join(import.meta.dirname, 'fixtures', 'destination-commands.js')

/** A process that writes to a destination as it is told. */
export interface Child {
  readonly process: ChildProcess
  ask(command: Command): Promise<Answer>
  /** Lets it end by itself; resolves when it has. */
  end(): Promise<void>
}

/** Where a child's stdout and stderr go, a shell command that limits it, and what runs before it. */
export interface ChildOptions {
  readonly stdout?: number | 'pipe'
  readonly stderr?: number
  readonly limit?: string
  /** JavaScript that runs in the child before anything of ours is loaded. */
  readonly before?: string
}

export function startChild(
  t: TestContext,
  destination: ['stdout' | 'file', object],
  { stdout, stderr, limit, before = '' }: ChildOptions = {},
): Child {
  const first = `data:text/javascript,${encodeURIComponent(before)}`
  const args = ['--enable-source-maps', '--import', first, PROGRAM, JSON.stringify(destination)]
  const stdio = ['ignore', stdout ?? 'ignore', stderr ?? 'ignore', 'ipc'] as const
  const child =
    limit === undefined
      ? spawn(process.execPath, args, { stdio: [...stdio] })
      : spawn('sh', ['-c', `${limit}; exec "$0" "$@"`, process.execPath, ...args], {
          stdio: [...stdio],
        })
  t.after(() => child.kill('SIGKILL'))
  const death = Promise.race([died(child), silence()])
  death.catch(() => {})
  return {
    process: child,
    async ask(command) {
      child.send(command)
      const [answer] = (await Promise.race([once(child, 'message'), death])) as [Answer]
      return answer
    },
    async end() {
      const ended = once(child, 'exit')
      child.disconnect()
      await Promise.race([ended, silence()])
    },
  }
}

async function died(child: ChildProcess): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  throw new Error(`The child ended with ${signal ?? code} before it answered`)
}

async function silence(): Promise<never> {
  await setTimeout(GIVE_UP_MS, undefined, { ref: false })
  throw new Error('The child hangs')
}

/** A named pipe whose reader reads only when the test says so. */
export interface SleepyPipe {
  /** The end to write to; closed by `started`. */
  readonly input: number
  /** The child has its own copy of the input now. */
  started(): void
  /** Everything that is in the pipe now; empty when nothing is, undefined when nobody can write any more. */
  read(): string | undefined
  /** Reads until nobody can write any more. */
  readToEnd(): Promise<string>
  /** The reader goes away. */
  leave(): void
  /** A new reader comes. */
  comeBack(): void
}

export function sleepyPipe(t: TestContext, folder: string): SleepyPipe {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const openReader = (): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let reader: number | undefined = openReader()
  const input = openSync(path, 'w')
  const leave = (): void => {
    if (reader !== undefined) closeSync(reader)
    reader = undefined
  }
  t.after(leave)
  const read = (): string | undefined => (reader === undefined ? undefined : readAll(reader))
  return {
    input,
    started: () => closeSync(input),
    read,
    async readToEnd() {
      let text = ''
      for (;;) {
        const more = read()
        if (more === undefined) return text
        text += more
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    leave,
    comeBack() {
      reader = openReader()
    },
  }
}

function readAll(fd: number): string | undefined {
  const buffer = Buffer.alloc(64 * 1024)
  let text = ''
  for (;;) {
    try {
      const count = readSync(fd, buffer)
      if (count === 0) return text === '' ? undefined : text
      text += buffer.toString('latin1', 0, count)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return text
      throw error
    }
  }
}

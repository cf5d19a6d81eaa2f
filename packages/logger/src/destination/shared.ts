import { LoggerError } from '../errors.ts'
import type { Destination, DropReport } from './destination.ts'
import type { LineWriter } from './line-writer.ts'
import { steadyNow } from './steady-clock.ts'

/** How long `flush` waits before it calls back with an error. */
const FLUSH_MS = 1000
const FLUSH_POLL_MS = 10
const MOST_POLLS = 100
/** Fake timers come later, and do not fire. */
const { setTimeout } = globalThis

interface Shared {
  readonly setup: string
  readonly writer: LineWriter
  readonly users: Set<Handle>
}

/** Writers of this thread by what they write to. */
const open = new Map<string, Shared>()

/**
 * A destination over the writer of that name, which all its users share; the last one to close it closes the writer.
 * Throws `LOGGER_FILE_IN_USE` when it is open with another setup.
 */
export function share(
  name: string,
  setup: string,
  create: () => LineWriter,
  path?: string,
): Destination {
  let shared = open.get(name)
  if (shared !== undefined && shared.setup !== setup) {
    throw new LoggerError(
      'LOGGER_FILE_IN_USE',
      `Expected all loggers of this thread to open \`${name}\` with the same options, got other ones. Create the destination once and give it to each logger`,
    )
  }
  if (shared === undefined) {
    shared = { setup, writer: create(), users: new Set() }
    open.set(name, shared)
    shared.writer.onReturn = reportBy(shared.users)
  }
  const { writer, users } = shared
  const release = (): void => {
    users.delete(handle)
    if (users.size > 0) writer.flushSync()
    else {
      open.delete(name)
      writer.close()
    }
  }
  const handle = new Handle(writer, release, path)
  users.add(handle)
  return handle
}

class Handle implements Destination {
  onReturn: ((report: DropReport) => string | undefined) | undefined
  readonly path: string | undefined
  readonly #writer: LineWriter
  readonly #release: () => void
  #closed = false

  constructor(writer: LineWriter, release: () => void, path: string | undefined) {
    this.path = path
    this.#writer = writer
    this.#release = release
  }

  get dropped(): { readonly lines: number; readonly bytes: number } {
    const { lines, bytes } = this.#writer.losses
    return { lines, bytes }
  }

  write(line: string): void {
    this.#writer.write(line)
  }

  flush(callback?: (error?: Error) => void): void {
    this.#writer.flushSync()
    if (callback !== undefined) whenIdle(this.#writer, steadyNow() + FLUSH_MS, MOST_POLLS, callback)
  }

  flushSync(): void {
    this.#writer.flushSync()
  }

  reopen(): void {
    this.#writer.reopen()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#release()
  }
}

function whenIdle(
  writer: LineWriter,
  deadline: number,
  polls: number,
  callback: (error?: Error) => void,
): void {
  if (writer.isIdle) process.nextTick(callback)
  else if (polls > 0 && steadyNow() < deadline) {
    setTimeout(whenIdle, FLUSH_POLL_MS, writer, deadline, polls - 1, callback)
  } else
    callback(
      new LoggerError(
        'LOGGER_FLUSH_TIMEOUT',
        'Expected the lines to be written within 1 s; they wait',
      ),
    )
}

function reportBy(users: Set<Handle>): (report: DropReport) => string | undefined {
  return (report) => {
    for (const { onReturn } of users) if (onReturn !== undefined) return onReturn(report)
    return undefined
  }
}

import { LoggerError } from '../errors.ts'
import type { Destination } from './destination.ts'
import type { LineWriter } from './line-writer.ts'
import { steadyNow } from './steady-clock.ts'

/** How long `flush` waits before it calls back with an error. */
const FLUSH_MS = 1000
const FLUSH_POLL_MS = 10
const MOST_POLLS = 100
/** Fake timers come later, and do not fire. */
const { setTimeout } = globalThis

/** It knows no handle: one that nobody holds any more must be free to go, with the logger that it reports to. */
interface Shared {
  readonly setup: string
  readonly writer: LineWriter
  /** Handles that are not closed. */
  users: number
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
    shared = { setup, writer: create(), users: 0 }
    open.set(name, shared)
  }
  shared.users += 1
  return new Handle(name, shared, path)
}

function release(name: string, shared: Shared): void {
  shared.users -= 1
  if (shared.users > 0) shared.writer.flushSync()
  else {
    open.delete(name)
    shared.writer.close()
  }
}

type Report = NonNullable<Destination['onReturn']>

class Handle implements Destination {
  readonly path: string | undefined
  readonly #name: string
  readonly #shared: Shared
  readonly #writer: LineWriter
  #onReturn: Report | undefined
  #closed = false

  constructor(name: string, shared: Shared, path: string | undefined) {
    this.path = path
    this.#name = name
    this.#shared = shared
    this.#writer = shared.writer
  }

  get onReturn(): Report | undefined {
    return this.#onReturn
  }

  /** The newest one makes the reports of all users, even when its own has closed: no other is held. */
  set onReturn(report: Report | undefined) {
    if (report !== undefined || this.#writer.onReturn === this.#onReturn) {
      this.#writer.onReturn = report
    }
    this.#onReturn = report
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
    release(this.#name, this.#shared)
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

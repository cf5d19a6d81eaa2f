import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { checkOptions } from './check-options.ts'
import type { Destination } from './destination.ts'
import { LineWriter, MAX_PENDING_BYTES } from './line-writer.ts'
import { share } from './shared.ts'
import { PIPE_PIECE_BYTES, type Sink } from './sink.ts'

/** Options of `stdout`. */
export interface StdoutOptions {
  /** Bytes of memory for lines while the reader stands still; default 4 MiB. */
  maxPendingBytes?: number
}

/**
 * Standard output, synchronous: a line is with the system when `write` returns, as long as the reader takes lines.
 * Loggers of one thread share it. Throws `LOGGER_OPTION_INVALID`, and `LOGGER_FILE_IN_USE` when it is open with another
 * `maxPendingBytes`.
 */
export function stdout(options: StdoutOptions = {}): Destination {
  checkOptions(options, { maxPendingBytes: 'bytes' })
  const { maxPendingBytes = MAX_PENDING_BYTES } = options
  return share('stdout', String(maxPendingBytes), () => {
    return new LineWriter(new StdoutSink(), { batchMs: 0, maxPendingBytes })
  })
}

const STDOUT = 1
const STDERR = 2

class StdoutSink implements Sink {
  readonly name = 'stdout'
  readonly pieceBytes = PIPE_PIECE_BYTES
  readonly warningsStallToo: boolean = isSameFile(STDOUT, STDERR)
  #fd: number | undefined

  prepare(): number {
    this.#fd ??= withoutBlocking(STDOUT)
    return 1
  }

  put(bytes: Uint8Array, from: number, length: number): number {
    return writeSync(this.#fd ?? STDOUT, bytes, from, length)
  }

  takeBack(): void {}
  reopen(): void {}
  leave(): void {}

  close(): void {
    if (this.#fd !== undefined && this.#fd !== STDOUT) closeSync(this.#fd)
    this.#fd = undefined
  }
}

/**
 * A descriptor for the same pipe or socket that answers EAGAIN instead of blocking. A pipe is opened a second time, so
 * that the flag does not reach other processes that share descriptor 1. A file must keep its shared offset, and a
 * terminal may block, as it does for any program.
 */
function withoutBlocking(fd: number): number {
  try {
    const stat = fstatSync(fd)
    if (stat.isFIFO())
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
    // Sockets cannot be opened again. Node sets the flag itself when a program first touches process.stdout.
    if (stat.isSocket()) void process.stdout
  } catch {
    // No /proc here, another user's pipe, or its reader is gone: writing to `fd` itself works, or says what is wrong.
  }
  return fd
}

function isSameFile(one: number, other: number): boolean {
  try {
    const first = fstatSync(one)
    const second = fstatSync(other)
    return first.ino === second.ino && first.dev === second.dev
  } catch {
    return false
  }
}

import { join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import { AppendFile } from './append-file.ts'
import { checkOptions } from './check-options.ts'
import type { Destination } from './destination.ts'
import { dayOf, nextMidnight } from './file-names.ts'
import { LineWriter, MAX_PENDING_BYTES } from './line-writer.ts'
import { share } from './shared.ts'
import { FILE_PIECE_BYTES, type Sink } from './sink.ts'

/** Options of `dailyFiles`. */
export interface DailyFilesOptions {
  /** Made with mode 0700 when it is not there. */
  folder: string
  /** Permission bits of new files; default 0o600. */
  mode?: number
  /** Epoch milliseconds; default `Date.now`. */
  clock?: () => number
}

/**
 * One file a UTC day and process: `FOLDER/2026-11-21.4711.jsonl`, made by the first line of the day. It is never
 * rotated or deleted here. Throws `LOGGER_OPTION_INVALID`.
 */
export function dailyFiles(options: DailyFilesOptions): Destination {
  checkOptions(options, { folder: 'path', mode: 'mode', clock: 'function' }, ['folder'])
  const { folder, mode = 0o600, clock = Date.now } = options
  const path = resolve(folder)
  return share(`${path}/`, String(mode), () => {
    const sink = new DailySink(path, mode, clock)
    return new LineWriter(sink, { batchMs: 0, maxPendingBytes: MAX_PENDING_BYTES })
  })
}

const LOOK_MS = 1000

class DailySink implements Sink {
  readonly name: string
  readonly pieceBytes = FILE_PIECE_BYTES
  readonly warningsStallToo = false
  readonly #mode: number
  readonly #clock: () => number
  #file: AppendFile | undefined
  #opening = 0
  #midnight = 0
  #looked = 0

  constructor(folder: string, mode: number, clock: () => number) {
    this.name = folder
    this.#mode = mode
    this.#clock = clock
  }

  prepare(_bytes: number, midLine: boolean): number {
    const now = this.#clock()
    if (now >= this.#midnight && !midLine) this.reopen()
    else if (Math.abs(now - this.#looked) >= LOOK_MS) this.#look(now)
    if (this.#file === undefined) this.#open(now)
    return this.#opening
  }

  put(bytes: Uint8Array, from: number, length: number): number {
    return this.#file?.put(bytes, from, length) ?? 0
  }

  takeBack(bytes: number, opening: number): void {
    if (opening === this.#opening) this.#file?.takeBack(bytes)
  }

  reopen(): void {
    this.#file?.close()
    this.#file = undefined
  }

  leave(): void {}

  close(): void {
    this.reopen()
  }

  #look(now: number): void {
    this.#looked = now
    if (this.#file?.isReplaced()) this.reopen()
  }

  #open(now: number): void {
    const writer = threadId === 0 ? `${process.pid}` : `${process.pid}-${threadId}`
    const path = join(this.name, `${dayOf(now)}.${writer}.jsonl`)
    this.#file = new AppendFile(path, { file: this.#mode, folder: 0o700 })
    this.#opening += 1
    this.#midnight = nextMidnight(now)
    this.#looked = now
  }
}

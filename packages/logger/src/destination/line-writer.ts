import { finishAtExit, forgetAtExit } from './at-exit.ts'
import type { DropReport } from './destination.ts'
import { LineQueue, linesLeft } from './line-queue.ts'
import { Losses } from './losses.ts'
import { Outage } from './outage.ts'
import type { Sink } from './sink.ts'
import { sleep, steadyNow } from './steady-clock.ts'

/** How long lines may wait to be written together, and how much memory an outage may take. */
export interface LineWriterOptions {
  /** 0: each line is written at once. */
  readonly batchMs: number
  readonly maxPendingBytes: number
  /** Monotonic milliseconds, for the pauses between attempts in an outage; default the system's. */
  readonly now?: () => number
}

/** How long a call waits for a reader: without it taking anything, and in all. */
interface Patience {
  readonly standstillMs: number
  readonly totalMs: number
}
/** For `write` and `flushSync`; docs/operating.md states it. */
const CALLER_WAITS: Patience = { standstillMs: 100, totalMs: 1000 }
/** For `close` and the end of the process; docs/operating.md states it. */
const EXIT_WAITS: Patience = { standstillMs: 1000, totalMs: 10_000 }

/** Default memory for lines during an outage: 4 MiB. */
export const MAX_PENDING_BYTES: number = 4 * 1024 * 1024

const BUFFER_BYTES = 64 * 1024

/**
 * Writes whole lines to a sink. While the sink takes them, a line is with the system when `write` returns (or within
 * `batchMs`). When it does not, lines wait in bounded memory; what does not fit is dropped as whole lines, counted, and
 * told when the sink is back.
 */
export class LineWriter {
  /** Makes the line that tells what was dropped. */
  onReturn: ((report: DropReport) => string | undefined) | undefined
  readonly losses: Losses
  readonly #sink: Sink
  readonly #queue: LineQueue
  /** Made by the first line: many writers never get one. */
  #buffer: Buffer | undefined
  #buffered = 0
  #bufferedLines = 0
  readonly #now: () => number
  #batchMs: number
  #batchTimer: NodeJS.Timeout | undefined
  /** Set as long as lines wait in the queue, or are dropped at once. */
  #outage: Outage | undefined
  #closed = false

  constructor(sink: Sink, options: LineWriterOptions) {
    this.#sink = sink
    this.losses = new Losses(sink.name)
    this.#queue = new LineQueue(options.maxPendingBytes)
    this.#batchMs = options.batchMs
    this.#now = options.now ?? steadyNow
    finishAtExit(this)
  }

  /** Whether everything is with the system. */
  get isIdle(): boolean {
    return this.#buffered === 0 && this.#queue.isEmpty
  }

  write(line: string): void {
    if (this.#closed) {
      this.losses.add('closed', 1, Buffer.byteLength(line))
      return
    }
    const mostBytes = line.length * 3
    if (mostBytes > BUFFER_BYTES - this.#buffered) this.#writeBuffered()
    if (mostBytes > BUFFER_BYTES) {
      const bytes = Buffer.from(line)
      this.#send(bytes, bytes.length, 1)
      return
    }
    this.#buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES)
    this.#buffered += this.#buffer.write(line, this.#buffered)
    this.#bufferedLines += 1
    if (this.#batchMs === 0) this.#writeBuffered()
    else this.#batchTimer ??= setTimeout(() => this.#writeBuffered(), this.#batchMs).unref()
  }

  flushSync(): void {
    this.#settle(CALLER_WAITS)
  }

  reopen(): void {
    this.#writeBuffered()
    this.#sink.reopen()
  }

  /** The process ends: a last attempt; lines of later exit listeners are written at once. */
  finish(): void {
    this.#batchMs = 0
    this.#settle(EXIT_WAITS)
    this.#dropQueue(this.#outage?.code ?? 'closed')
    this.#sink.leave()
  }

  close(): void {
    if (this.#closed) return
    this.finish()
    this.#closed = true
    this.#outage?.stop()
    this.#outage = undefined
    forgetAtExit(this)
    this.#sink.close()
  }

  #writeBuffered(): void {
    clearTimeout(this.#batchTimer)
    this.#batchTimer = undefined
    const length = this.#buffered
    const lines = this.#bufferedLines
    this.#buffered = 0
    this.#bufferedLines = 0
    if (this.#buffer !== undefined && length > 0) this.#send(this.#buffer, length, lines)
  }

  /** `bytes` are the caller's again afterwards. */
  #send(bytes: Buffer, length: number, lines: number): void {
    if (this.#outage !== undefined) {
      this.#sendInOutage(this.#outage, bytes, length, lines)
      return
    }
    let written = 0
    try {
      this.#queue.opening = this.#sink.prepare(length, false)
      written = this.#sink.put(bytes, 0, length)
      if (written === length) return
    } catch {
      // The same attempt from the queue tells what is wrong.
    }
    this.#keep(bytes, length, lines, written)
    const failure = this.#drainPatiently(CALLER_WAITS)
    if (failure !== undefined) this.#beginOutage(failure)
  }

  #sendInOutage(outage: Outage, bytes: Buffer, length: number, lines: number): void {
    if (outage.isDue()) {
      if (outage.isForGood) {
        // Only a line can find out whether there is a reader again.
        this.#queueReport()
        this.#keep(bytes, length, lines, 0)
        this.#retry(outage)
        return
      }
      this.#retry(outage)
    }
    if (this.#outage === undefined) this.#send(bytes, length, lines)
    else this.#keepIfThereIsRoom(this.#outage, bytes, length, lines)
  }

  #keepIfThereIsRoom(outage: Outage, bytes: Buffer, length: number, lines: number): void {
    const mayWait = !outage.isForGood
    // What was dropped before is told before the next line that is kept.
    if (mayWait && this.losses.unreported && this.#queue.isHalfEmpty) this.#queueReport()
    if (mayWait && !this.losses.unreported && this.#queue.fits(length)) {
      this.#keep(bytes, length, lines, 0)
    } else this.losses.add(outage.code, lines, length)
  }

  #keep(bytes: Buffer, length: number, lines: number, written: number): void {
    const copy = Buffer.from(bytes.subarray(0, length))
    this.#queue.add({ bytes: copy, lines, written, report: undefined })
  }

  #beginOutage(code: string): void {
    const outage = new Outage(this.#sink, () => this.#retry(outage), this.#now)
    this.#outage = outage
    this.#goOn(outage, code, false)
  }

  #retry(outage: Outage): void {
    if (this.#outage !== outage) return
    const before = this.#queue.bytes
    const failure = this.#drain()
    if (failure === undefined) this.#endOutage(outage)
    else this.#goOn(outage, failure, this.#queue.bytes < before)
  }

  #goOn(outage: Outage, code: string, progress: boolean): void {
    outage.goOn(code, progress)
    if (outage.isForGood) this.#dropQueue(code)
  }

  #endOutage(outage: Outage): void {
    outage.end()
    this.#outage = undefined
    this.#queueReport()
    const failure = this.#drain()
    if (failure !== undefined) this.#beginOutage(failure)
  }

  #settle(patience: Patience): void {
    this.#writeBuffered()
    const outage = this.#outage
    if (outage === undefined) return
    const before = this.#queue.bytes
    const failure = this.#drainPatiently(patience)
    if (failure === undefined) this.#endOutage(outage)
    else this.#goOn(outage, failure, this.#queue.bytes < before)
  }

  /** Writes what waits; returns the error code that stopped it. */
  #drain(): string | undefined {
    const queue = this.#queue
    const sink = this.#sink
    try {
      for (;;) {
        const piece = queue.next(sink.pieceBytes)
        if (piece === undefined) return undefined
        const opening = sink.prepare(piece.length, piece.midLine)
        if (piece.midLine && opening !== queue.opening) {
          queue.restartLine()
          continue
        }
        const count = sink.put(piece.bytes, piece.from, piece.length)
        if (count === 0) return 'EAGAIN'
        queue.took(count, opening)
      }
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown'
    }
  }

  /** As `#drain`, but waits for a reader that is only slow. */
  #drainPatiently({ standstillMs, totalMs }: Patience): string | undefined {
    const start = steadyNow()
    let lastProgress = start
    for (;;) {
      const before = this.#queue.bytes
      const failure = this.#drain()
      if (failure !== 'EAGAIN') return failure
      const now = steadyNow()
      if (this.#queue.bytes < before) lastProgress = now
      if (now - lastProgress >= standstillMs || now - start >= totalMs) return failure
      sleep(Math.min(5, Math.max(0.2, (now - lastProgress) / 4)))
    }
  }

  #queueReport(): void {
    const report = this.losses.take()
    if (report === undefined) return
    const line = this.#reportLine(report)
    if (line === undefined) return
    this.#queue.add({ bytes: Buffer.from(line), lines: 1, written: 0, report })
  }

  #reportLine(report: DropReport): string | undefined {
    try {
      return this.onReturn?.(report)
    } catch {
      // A report that cannot be made must not stop the lines; `dropped` has the counts.
      return undefined
    }
  }

  #dropQueue(code: string): void {
    const begun = this.#queue.restartLine()
    if (begun > 0) this.#sink.takeBack(begun, this.#queue.opening)
    for (const entry of this.#queue.clear()) {
      if (entry.report !== undefined) this.losses.putBack(entry.report)
      else this.losses.add(code, linesLeft(entry), entry.bytes.length - entry.written)
    }
  }
}

import type { LoggerWarningCode } from '../warnings.ts'
import type { Sink } from './sink.ts'

/** Milliseconds that pass between two attempts made by writes: a stalled reader is asked often, a full disk less. */
const STALLED_PAUSE_MS = 1
const FAILED_PAUSE_MS = 50
const GONE_PAUSE_MS = 1000
/** Milliseconds between two attempts made by the timer, doubled as long as nothing changes. */
const FIRST_DELAY_MS = 10
const LAST_DELAY_MS = 1000

/** The time in which a sink does not take lines: when to try again, and one warning. */
export class Outage {
  /** The system's error code. */
  code = ''
  readonly #sink: Sink
  readonly #retry: () => void
  readonly #now: () => number
  readonly #since: number
  #nextAttempt = 0
  #delay = FIRST_DELAY_MS
  #timer: NodeJS.Timeout | undefined
  #warned = false

  constructor(sink: Sink, retry: () => void, now: () => number) {
    this.#sink = sink
    this.#retry = retry
    this.#now = now
    this.#since = now()
  }

  /** The reader is gone: nothing waits for it. A named pipe may get another one, so writes still try now and then. */
  get isForGood(): boolean {
    return this.code === 'EPIPE'
  }

  /** Whether a write should try. */
  isDue(): boolean {
    return this.#now() >= this.#nextAttempt
  }

  /** An attempt failed; `progress` says whether something was taken all the same. */
  goOn(code: string, progress: boolean): void {
    this.code = code
    this.#nextAttempt = this.#now() + pauseAfter(code)
    this.#delay = progress ? FIRST_DELAY_MS : Math.min(this.#delay * 2, LAST_DELAY_MS)
    clearTimeout(this.#timer)
    if (!this.isForGood) this.#timer = setTimeout(this.#retry, this.#delay).unref()
    if (!(code === 'EAGAIN' && this.#sink.warningsStallToo)) this.#warn()
  }

  /** It works again. */
  end(): void {
    this.stop()
    this.#warn()
  }

  /** Nobody tries any more. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #warn(): void {
    if (this.#warned) return
    this.#warned = true
    const [code, what] = describe(this.code, this.#sink.name)
    const seconds = Math.round(this.#now() - this.#since) / 1000
    const past = seconds >= 1 ? ` It took ${seconds} s.` : ''
    process.emitWarning(`${what}${past}`, { type: 'RecountWarning', code })
  }
}

function pauseAfter(code: string): number {
  if (code === 'EPIPE') return GONE_PAUSE_MS
  return code === 'EAGAIN' ? STALLED_PAUSE_MS : FAILED_PAUSE_MS
}

function describe(code: string, sink: string): [LoggerWarningCode, string] {
  if (code === 'EPIPE') {
    return [
      'LOGGER_DESTINATION_CLOSED',
      `The reader of ${sink} is gone. Lines are dropped and counted.`,
    ]
  }
  const waits = 'Lines wait in bounded memory; what does not fit is dropped and counted.'
  if (code === 'EAGAIN') {
    return ['LOGGER_DESTINATION_STALLED', `The reader of ${sink} stands still. ${waits}`]
  }
  return ['LOGGER_DESTINATION_FAILED', `Cannot write to ${sink} (${code}). ${waits}`]
}

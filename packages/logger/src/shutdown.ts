import type { DestinationStream } from 'pino'
import type { Logger } from './create-logger.ts'
import { LoggerError } from './errors.ts'
import { streamOf } from './pino-internals.ts'

/** How to shut down. */
export interface ShutdownOptions {
  /** Signals to answer; default SIGTERM and SIGINT. */
  signals?: readonly NodeJS.Signals[]
  /** Waits this long for the destination, milliseconds; default 2,000. */
  timeoutMs?: number
}

/** Loggers that are flushing: the last one lets the signal do its work. */
let flushing = 0

/**
 * Flushes the logger when a signal asks the process to stop, then lets the signal do its work (the exit code stays the
 * signal's), unless the application listens to it too: then it has had the signal, and ends by itself. Needed only where
 * lines wait in memory: `sync: false`, transports. Returns a function that takes it back.
 * Throws `LOGGER_OPTION_INVALID`.
 */
export function installShutdown(
  logger: Pick<Logger, 'flush'>,
  options: ShutdownOptions = {},
): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], timeoutMs = 2000 } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs < 1) {
    throw new LoggerError(
      'LOGGER_OPTION_INVALID',
      `Expected \`timeoutMs\` to be a number >= 1, got \`${String(timeoutMs)}\``,
    )
  }
  const handlers = signals.map((signal) => [signal, () => stop(signal)] as const)
  const uninstall = (): void => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
  const stop = (signal: NodeJS.Signals): void => {
    uninstall()
    flushing++
    const again = once(() => {
      clearTimeout(timer)
      if (--flushing === 0 && isOurs(signal)) process.kill(process.pid, signal)
    })
    const timer = setTimeout(again, timeoutMs)
    try {
      logger.flush(() => (isOurs(signal) ? end(streamOf(logger), again) : again()))
    } catch {
      again()
    }
  }
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return uninstall
}

/** Whether nobody else listens, so that the signal has yet to do its work. */
function isOurs(signal: NodeJS.Signals): boolean {
  return process.listenerCount(signal) === 0
}

/** What a destination may have. */
type Endable = DestinationStream &
  Partial<Pick<NodeJS.WritableStream, 'end' | 'once'>> & { flushSync?: () => void }

/**
 * Some destinations call back from `flush` before their lines are written: transports with several targets, and pino's own
 * without `minLength`. These are ended, and say when they have closed.
 */
function end(destination: Endable | undefined, ended: () => void): void {
  const isStandard = destination === process.stdout || destination === process.stderr
  if (!isStandard && destination?.end !== undefined && destination.once !== undefined) {
    destination.once('close', ended)
    destination.end()
    return
  }
  try {
    destination?.flushSync?.()
  } catch {
    // There is nothing more that can be done for it.
  }
  ended()
}

function once(fn: () => void): () => void {
  let called = false
  return () => {
    if (called) return
    called = true
    fn()
  }
}

import type { Logger } from './create-logger.ts'
import { LoggerError } from './errors.ts'

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
 * signal's), unless the application listens to it too: then it has had the signal, and ends by itself. Needed only where lines wait in memory: `sync: false`, transports. Returns a function that takes it back.
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
    let waiting = true
    const again = (): void => {
      if (!waiting) return
      waiting = false
      clearTimeout(timer)
      if (--flushing === 0 && process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    }
    const timer = setTimeout(again, timeoutMs)
    try {
      logger.flush(again)
    } catch {
      again()
    }
  }
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return uninstall
}

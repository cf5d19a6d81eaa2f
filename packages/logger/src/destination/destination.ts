/** Lines that could not be written, from the first to the last one lost. */
export interface DropReport {
  /** The system's error code of the first loss (`EAGAIN`: the reader stood still), or `closed`. */
  reason: string
  /** Lines lost. */
  count: number
  /** Their bytes. */
  bytes: number
  /** First loss, epoch milliseconds. */
  from: number
  /** Last loss, epoch milliseconds. */
  to: number
  /** Which destination: `stdout`, or a path. */
  sink: string
}

/** Where finished lines go: a pino destination that never throws, and never waits longer than its page says. */
export interface Destination {
  /** Takes one line, with its line feed. */
  write(line: string): void
  /** Writes what waits; calls back once nothing waits, or after one second with an error. */
  flush(callback?: (error?: Error) => void): void
  /** Writes what waits, as far as the destination takes it; waits 100 ms at most for a reader that stands still. */
  flushSync(): void
  /** Opens the path anew; call it after something else has moved the file. */
  reopen(): void
  /** Flushes and lets go; may be called twice. A line written afterwards is counted as dropped. */
  close(): void
  /** The absolute path of a file; undefined for anything else. */
  readonly path?: string | undefined
  /** What was lost since the start. */
  readonly dropped: { readonly lines: number; readonly bytes: number }
  /**
   * Asked for a line that says what was lost, when the destination works again; the line goes before all later ones.
   * Asked again, with the grown losses, when that line could not be written either.
   */
  onReturn: ((report: DropReport) => string | undefined) | undefined
}

/** Told how something ended; exactly one of `done`, `failed` and `stopped` counts, or none comes when a stream is never read. */
export interface Observer {
  /** Runs a piece of what is observed in the context where it belongs. */
  run<T>(fn: () => T): T
  /** A chunk of a stream came. */
  chunk(chunk: unknown): void
  /** It ended well; `value` is undefined at the end of a stream. */
  done(value: unknown): void
  failed(error: unknown): void
  /** The reader of a stream stopped reading. */
  stopped(): void
}

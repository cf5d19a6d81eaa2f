/** Linux writes so many bytes to a pipe in one piece, whoever else writes to it (PIPE_BUF in pipe(7)). */
export const PIPE_PIECE_BYTES: number = 4096
/** Most bytes that are written to a file at once. */
export const FILE_PIECE_BYTES: number = 64 * 1024

/** Where a `LineWriter` puts its bytes. `prepare` and `put` throw the system's error when they cannot. */
export interface Sink {
  /** What reports and warnings call it. */
  readonly name: string
  /** Most bytes of whole lines that are put at once. */
  readonly pieceBytes: number
  /** Whether a warning would wait for the same stalled reader: Node does not end a process before it is written. */
  readonly warningsStallToo: boolean
  /**
   * Makes ready for `bytes` more. With `midLine` they are the rest of a line, which no new file may begin with.
   * The number that it returns changes when another file was opened: a line cut there has to be written from its start.
   */
  prepare(bytes: number, midLine: boolean): number
  /** Writes `length` bytes, or as many as fit; returns how many. */
  put(bytes: Uint8Array, from: number, length: number): number
  /**
   * The last `bytes` written are a line's beginning that stays alone: removes them where that is possible. `opening` is
   * what `prepare` returned for them.
   */
  takeBack(bytes: number, opening: number): void
  /** The path may lead elsewhere: opens it again with the next line. */
  reopen(): void
  /** The process ends: gives up what others wait for; lines may still come. */
  leave(): void
  /** Nothing comes any more. */
  close(): void
}

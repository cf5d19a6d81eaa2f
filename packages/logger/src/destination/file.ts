import { resolve } from 'node:path'
import { checkOptions } from './check-options.ts'
import type { Destination } from './destination.ts'
import { FileSink } from './file-sink.ts'
import { LineWriter, MAX_PENDING_BYTES } from './line-writer.ts'
import { share } from './shared.ts'

/** Options of `file`. */
export interface FileOptions {
  /** Made with its folders when it is not there. */
  path: string
  /** A file is rotated before it grows larger, in bytes; `Infinity` never; default 100 MiB. */
  maxBytes?: number
  /** `'day'` rotates with the first line of a new UTC day, `'never'` does not; default `'day'`. */
  every?: 'day' | 'never'
  /** How many rotated files stay, for each process that writes at the same time; `Infinity` keeps all; default 14. */
  keep?: number
  /** Whether rotated files are compressed; default true. */
  gzip?: boolean
  /** false: lines are written together, up to 64 KiB or 100 ms late; default true. */
  sync?: boolean
  /** Permission bits of new files; default 0o640. */
  mode?: number
  /** Bytes of memory for lines while the file cannot be written; default 4 MiB. */
  maxPendingBytes?: number
  /** Epoch milliseconds; default `Date.now`. */
  clock?: () => number
}

const KINDS = {
  path: 'path',
  maxBytes: 'limit',
  every: 'period',
  keep: 'limit',
  gzip: 'boolean',
  sync: 'boolean',
  mode: 'mode',
  maxPendingBytes: 'bytes',
  clock: 'function',
} as const

const BATCH_MS = 100

/**
 * A file that rotates by size and UTC day. One process writes to the path itself; others that run at the same time
 * write to `app.w2.jsonl`, `app.w3.jsonl`, … beside it. Loggers of one thread share the destination of a path.
 * Throws `LOGGER_OPTION_INVALID`, and `LOGGER_FILE_IN_USE` when this thread has the path open with other options.
 */
export function file(options: FileOptions | string): Destination {
  const given = typeof options === 'string' ? { path: options } : options
  checkOptions(given, KINDS, ['path'])
  const settings = {
    maxBytes: 100 * 1024 * 1024,
    every: 'day' as const,
    keep: 14,
    gzip: true,
    sync: true,
    mode: 0o640,
    maxPendingBytes: MAX_PENDING_BYTES,
    clock: Date.now,
    ...withoutUndefined(given),
    path: resolve(given.path),
  }
  const setup = Object.values(settings).map(String).join(' ')
  const create = (): LineWriter =>
    new LineWriter(new FileSink(settings), {
      batchMs: settings.sync ? 0 : BATCH_MS,
      maxPendingBytes: settings.maxPendingBytes,
    })
  return share(settings.path, setup, create, settings.path)
}

/** Spreading an option that is undefined would undo its default. */
function withoutUndefined<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as T
}

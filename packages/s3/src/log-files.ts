import { basename } from 'node:path'

/** What a log file is, by its name. */
export type LogFileKind =
  /** Rotated: nobody writes to it any more. */
  | 'finished'
  /** A day's content of one process. */
  | 'content'
  /** Perhaps still written to. */
  | 'active'

/** What a file of the logger is, by its name: `app.jsonl` is active, `app.2026-11-21.1.jsonl(.gz)` finished, `2026-11-21.4711.jsonl` content (active on its day). */
export function logFileKind(path: string, now: Date = new Date()): LogFileKind {
  const name = basename(path)
  const day = /^(\d{4}-\d{2}-\d{2})\.[^.]+\.jsonl(?:\.gz)?$/.exec(name)?.[1]
  if (day !== undefined) return day < now.toISOString().slice(0, 10) ? 'content' : 'active'
  return /\.\d{4}-\d{2}-\d{2}\.\d+(?:\.[^.]+)?(?:\.gz)?$/.test(name) || name.endsWith('.gz')
    ? 'finished'
    : 'active'
}

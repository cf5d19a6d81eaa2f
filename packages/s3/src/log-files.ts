import { basename, dirname } from 'node:path'
import { linesOf } from './log-parts.ts'

/** What a log file is. */
export interface LogFile {
  readonly path: string
  /** `content`: prompts, answers and the like; it belongs into a place of its own. */
  readonly kind: 'logs' | 'content'
  /** Whether somebody may still write to it. */
  readonly isActive: boolean
}

/** So much of a file is looked at for ordinary lines. */
const LOOKED_BYTES = 16 * 1024 * 1024
/** `2026-11-21.4711.jsonl`: the content of one process on one day. */
const CONTENT_NAME = /^(\d{4}-\d{2}-\d{2})\.[^.]+\.jsonl(?:\.gz)?$/
/** `app.2026-11-21.1.jsonl`, or compressed. */
const ROTATED_NAME = /\.\d{4}-\d{2}-\d{2}\.\d+(?:\.[^.]+)?(?:\.gz)?$|\.gz$/

/**
 * What a file is. Content is told by its folder (`content`), by its name (`2026-11-21.4711.jsonl`), or by its lines: it begins with content and has no
 * ordinary lines. Rotated names (`app.2026-11-21.1.jsonl`, `….gz`), and content of an earlier day (UTC), are not active any more.
 */
export async function lookAtLogFile(path: string, now: Date = new Date()): Promise<LogFile> {
  const name = basename(path)
  const day = CONTENT_NAME.exec(name)?.[1]
  const isPlaced = day !== undefined || basename(dirname(path)) === 'content'
  const isActive =
    day === undefined ? !ROTATED_NAME.test(name) : day >= now.toISOString().slice(0, 10)
  const kind = isPlaced || (await hasOnlyContent(path)) ? 'content' : 'logs'
  return { path, kind, isActive }
}

/** A log with content in it has ordinary lines, too, and stays a log. */
async function hasOnlyContent(path: string): Promise<boolean> {
  let isContent = false
  let looked = 0
  try {
    for await (const line of linesOf(path)) {
      const event = eventOf(line)
      if (event !== undefined && event !== 'content') return false
      isContent ||= event === 'content'
      looked += line.length
      if (looked >= LOOKED_BYTES) break
    }
  } catch {
    // Whoever ships it says what is wrong with it.
  }
  return isContent
}

/** Undefined where a line is none: one that was cut says nothing about the others. */
function eventOf(line: Buffer): unknown {
  try {
    return (JSON.parse(line.toString()) as { event?: unknown } | null)?.event ?? null
  } catch {
    return undefined
  }
}

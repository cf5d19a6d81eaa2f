import { createReadStream } from 'node:fs'
import type { AuditEntry } from './entry.ts'
import { readLogFolder } from './verify/log-folder.ts'

/** An entry, and the line it stands in. */
export interface ReadEntry {
  readonly entry: AuditEntry
  readonly line: string
}

/** The entries that are still in a log's folder, in their order. Nothing is verified, and lines that are none are left out. Throws `AUDIT_LOG_NOT_FOUND`. */
export async function* readEntries(dir: string): AsyncGenerator<ReadEntry> {
  const { parts } = await readLogFolder(dir)
  for (const { segment } of parts) {
    if (segment === null) continue
    for await (const line of linesOf(segment)) {
      const entry = parse(line)
      if (entry !== undefined) yield { entry, line }
    }
  }
}

/** Whole lines; what is behind the last line feed is none. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of createReadStream(path)) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

function parse(line: string): AuditEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<AuditEntry> | null
    return typeof entry?.seq === 'number' && typeof entry.action === 'string'
      ? (entry as AuditEntry)
      : undefined
  } catch {
    return undefined
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type AnalyzeOptions, analyze, type Report } from '../src/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'analyze-'))
after(() => rmSync(dir, { recursive: true }))
let files = 0

/** A file with this content. */
export function file(content: string | Buffer, name = `${files++}.jsonl`): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

export function lines(...records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

/** The report over these records, one a line. */
export function analyzed(
  records: readonly unknown[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  return analyze(file(lines(...records)), options)
}

let spans = 0

/** A new span id. */
export function spanId(): string {
  spans += 1
  return spans.toString(16).padStart(16, '0')
}

const IDS = { trace_id: 'ab'.repeat(16), provider: 'acme', operation: 'chat' }

/** A terminal line of ours. */
export function call(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    ...{ level: 30, time: 1_790_000_001_000, pid: 1, hostname: 'h', recount: 1, event: 'llm_call' },
    ...{ ...IDS, span_id: spanId(), model: 'm', status: 'ok' },
    ...{ start_time: 1_790_000_000_000, duration_ms: 100, ...fields },
  }
}

/** A start line of ours. */
export function started(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    ...{ level: 30, time: 1_790_000_000_000, recount: 1, event: 'llm_call_started' },
    ...{ ...IDS, span_id: spanId(), model: 'm', ...fields },
  }
}

/** Lines of the input that are neither a record nor skipped for a reason; must be 0. */
export function unaccounted({ input }: Report): number {
  const skipped = Object.values(input.skipped).reduce((sum, count) => sum + count, 0)
  return input.lines - input.records - skipped
}

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

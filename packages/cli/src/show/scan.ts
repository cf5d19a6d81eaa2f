import { type Input, isTooLong, readLines } from '@recount/analyze'

/** A JSON object of a log, of which nothing is known yet. */
export type RawRecord = Readonly<Record<string, unknown>>

/** How a scan is done. */
export interface ScanOptions {
  /** Only lines that have one of these texts are parsed. */
  readonly needles: readonly string[]
  onBytes(bytes: number): void
  /** Called with each of our lines, and of an audit log's, that has a needle, and its size. */
  visit(record: RawRecord, bytes: number): void
}

/** Reads all inputs once, in constant memory, and parses the lines that may matter. */
export async function scan(inputs: readonly Input[], options: ScanOptions): Promise<void> {
  const needles = options.needles.map((needle) => Buffer.from(needle))
  for (const input of inputs) {
    for await (const line of readLines(input, { onBytes: options.onBytes })) {
      if (isTooLong(line) || !needles.some((needle) => line.bytes.includes(needle))) continue
      const record = parse(line.bytes)
      if (record !== undefined) options.visit(record, line.length)
    }
  }
}

/** How a text stands inside a JSON string. */
export function asNeedle(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** When what a record tells of began, epoch milliseconds; 0 where it does not say. */
export function timeOf({ start_time, time }: { start_time?: unknown; time?: unknown }): number {
  if (typeof start_time === 'number') return start_time
  return typeof time === 'number' ? time : 0
}

function isOfAuditLog(value: object): boolean {
  return 'prev' in value && 'seq' in value
}

function parse(bytes: Buffer): RawRecord | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    return 'recount' in value || isOfAuditLog(value) ? (value as RawRecord) : undefined
  } catch {
    return undefined
  }
}

import type { Connection } from './connection.ts'

/** The ids that are given next; none is given twice, whatever is deleted. To be used within one write. */
export interface Counters {
  span: number
  late: number
  piece: number
  doc: number
  /** Pieces up to this one are in the index of words. */
  indexed: number
}

/** Reads the counters. */
export function readCounters(connection: Connection): Counters {
  const [row] = connection.all("SELECT value FROM meta WHERE key = 'counters'")
  const start = { span: 1, late: 1, piece: 1, doc: 1, indexed: 0 }
  return { ...start, ...(JSON.parse(String(row?.[0] ?? '{}')) as object) }
}

/** Writes them back. */
export function keepCounters(connection: Connection, counters: Counters): void {
  connection.run("UPDATE meta SET value = ? WHERE key = 'counters'", [JSON.stringify(counters)])
}

import { ForeignReader, type ForeignRecord } from '../src/shapes.ts'

/** Seconds since 1970 of the first record. */
export const BEGIN = 1_772_359_200

/** ISO time, so many seconds after the first. */
export function iso(seconds: number): string {
  return new Date((BEGIN + seconds) * 1000).toISOString()
}

/** So many records, each made from its number. */
export function repeat<Row>(count: number, record: (i: number) => Row): Row[] {
  return Array.from({ length: count }, (_, i) => record(i))
}

/** All that a file of these records tells. */
export function readAll(records: readonly object[]): ForeignRecord[] {
  const reader = new ForeignReader()
  const found = records.flatMap((record, i) =>
    reader.read(record as Record<string, unknown>, i + 1),
  )
  return [...found, ...reader.end()]
}

/** The calls among them, in our keys. */
export function callsOf(records: readonly object[]): Record<string, unknown>[] {
  return readAll(records).flatMap((record) => (record.kind === 'call' ? [record.reading] : []))
}

/** The shapes that the calls were taken for. */
export function shapesOf(records: readonly object[]): string[] {
  return readAll(records).flatMap((record) => (record.kind === 'call' ? [record.shape] : []))
}

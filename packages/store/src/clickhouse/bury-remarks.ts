import type { AnyRecord } from '@recount/record'
import { leadsOf, ledBy, withoutPerson } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import { inChunks } from './chunks.ts'
import type { Connection } from './connection.ts'
import { removeOlderLate } from './forget-person.ts'
import { bury, type Forgotten, forgottenOf, type Tombstone, unburied } from './forgotten.ts'
import { sweep } from './sweep.ts'
import { writeRecords } from './write-records.ts'

/** What was said about the answers of forgotten people goes also where it was read before these were; answers what that was. */
export async function buryRemarks(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
  { erasedIn }: Forgotten,
  version: number,
): Promise<readonly AnyRecord[]> {
  const led = records.flatMap((record) =>
    erasedIn(record).flatMap((erased) => leadsOf(record).map((name) => ({ ...erased, name }))),
  )
  if (led.length === 0) return []
  const missing = await unburied(connection, keys, led)
  for (const time of new Set(missing.map((one) => one.time))) {
    const names = missing.filter((one) => one.time === time)
    await bury(connection, keys, names, time)
  }
  const late = await lateAbout(connection, missing)
  const lines = late.map(({ json }) => JSON.parse(json) as AnyRecord)
  const { fateOf } = await forgottenOf(connection, keys, lines)
  const isStripped = lines.map((line) => typeof fateOf(line) === 'object' && fateOf(line) !== line)
  const stripped = lines.filter((_, at) => isStripped[at])
  if (stripped.length === 0) return []
  const left = stripped.flatMap((line) => withoutPerson(line) ?? [])
  await writeRecords(connection, keys, left, version, true)
  const gone = late.filter((_, at) => isStripped[at])
  await removeOlderLate(connection, gone, version)
  await sweep(connection, '1')
  return stripped
}

interface LateRow {
  readonly key: string
  readonly json: string
}

async function lateAbout(
  connection: Connection,
  tombstones: readonly Tombstone[],
): Promise<LateRow[]> {
  const rows = await inChunks(tombstones, (chunk) =>
    connection.rows<LateRow>(
      `SELECT key, json FROM $db.late FINAL WHERE span_id IN {spans:Array(String)}
        OR message_id IN {messages:Array(String)} OR trace_id IN {traces:Array(String)}`,
      { ...ledBy(chunk.map(({ name }) => name)) },
    ),
  )
  return [...new Map(rows.map((row) => [row.key, row])).values()]
}

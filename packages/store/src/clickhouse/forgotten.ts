import type { AnyRecord } from '@recount/record'
import { type ErasedName, namesOf, withoutPerson } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import { beganOf } from '../records/slot.ts'
import { isIn, type Scope } from '../scope.ts'
import { inChunks } from './chunks.ts'
import type { Connection } from './connection.ts'

/** What was pruned: all, or the content, of what began before, of a tenant or of everybody. */
export interface Floor {
  readonly scope: Scope
  readonly before: number
  readonly contentOnly: boolean
}

/** What was forgotten, as far as it concerns some records. */
export interface Forgotten {
  /** What becomes of a record that comes in: what is left of it, or why nothing is. */
  fateOf(record: AnyRecord): AnyRecord | 'erased' | 'pruned'
}

/** Looks up what was forgotten of what these records are about. */
export async function forgottenOf(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
): Promise<Forgotten> {
  const [floors, tombstones, pruned] = await Promise.all([
    floorsIn(connection),
    tombstonesOf(connection, keys, records),
    prunedSpans(connection, records),
  ])
  const timeOf = ({ tenant_id = '' }: AnyRecord, name: ErasedName): number =>
    Math.max(
      ...[undefined, tenant_id].map((scope) => tombstones.get(nameOf(keys, scope, name)) ?? 0),
    )
  return {
    fateOf(record) {
      const isContent = record.event === 'content'
      const isOld = floors.some(
        ({ scope, before, contentOnly }) =>
          beganOf(record) < before && isIn(scope, record.tenant_id) && (!contentOnly || isContent),
      )
      const fate = pruned.get(`${record.span_id} ${record.tenant_id ?? ''}`)
      if (isOld || fate === 'all' || (fate === 'content' && isContent)) return 'pruned'
      const isErased = namesOf(record).some((name) => record.time <= timeOf(record, name))
      return isErased ? (withoutPerson(record) ?? 'erased') : record
    },
  }
}

/** Remembers what was erased; what was written later than `time` is kept. */
export async function bury(
  connection: Connection,
  keys: Keys,
  names: readonly { readonly scope: Scope; readonly name: ErasedName }[],
  time: number,
): Promise<void> {
  const rows = names.map(({ scope, name }) => ({ name: nameOf(keys, scope, name), time }))
  await connection.insert('tombstones', rows)
}

function nameOf(keys: Keys, scope: Scope, name: ErasedName): string {
  return keys.erased(scope, name).toString('hex')
}

async function floorsIn(connection: Connection): Promise<Floor[]> {
  const rows = await connection.rows<{
    scope: string | null
    content_only: number
    before: number
  }>(
    'SELECT scope, content_only, max(before) AS before FROM $db.floors GROUP BY scope, content_only',
  )
  return rows.map(({ scope, content_only, before }) => {
    return { scope: scope ?? undefined, contentOnly: content_only === 1, before }
  })
}

async function tombstonesOf(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
): Promise<Map<string, number>> {
  const [count] = await connection.rows<{ n: number }>('SELECT count() AS n FROM $db.tombstones')
  if (count === undefined || count.n === 0) return new Map()
  const names = records.flatMap((record) =>
    namesOf(record).flatMap((name) =>
      [undefined, record.tenant_id ?? ''].map((scope) => nameOf(keys, scope, name)),
    ),
  )
  const rows = await inChunks([...new Set(names)], (chunk) =>
    connection.rows<{ name: string; time: number }>(
      'SELECT name, max(time) AS time FROM $db.tombstones WHERE name IN {names:Array(String)} GROUP BY name',
      { names: chunk },
    ),
  )
  return new Map(rows.map(({ name, time }) => [name, time]))
}

async function prunedSpans(
  connection: Connection,
  records: readonly AnyRecord[],
): Promise<Map<string, 'all' | 'content'>> {
  const ids = new Set(records.flatMap(({ span_id }) => span_id ?? []))
  const rows = await inChunks([...ids], (chunk) =>
    connection.rows<{ span_id: string; tenant: string; content_only: number }>(
      'SELECT span_id, tenant, min(content_only) AS content_only FROM $db.pruned WHERE span_id IN {ids:Array(String)} GROUP BY span_id, tenant',
      { ids: chunk },
    ),
  )
  return new Map(
    rows.map(({ span_id, tenant, content_only }) => [
      `${span_id} ${tenant}`,
      content_only === 1 ? 'content' : 'all',
    ]),
  )
}

import type { AnyRecord } from '@recount/record'
import { type AuditRow, peopleOf } from '../records/audit-row.ts'
import { type ErasedName, namesOf, peopleNames, withoutPerson } from '../records/erasure.ts'
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
  fateOfAudit(row: AuditRow): AuditRow | 'erased' | 'pruned'
  /** When, and in which scopes, the people whom a record names were erased. */
  erasedIn(record: AnyRecord): readonly { readonly scope: Scope; readonly time: number }[]
}

/** Looks up what was forgotten of what these records are about. */
export async function forgottenOf(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
  audit: readonly AuditRow[] = [],
): Promise<Forgotten> {
  const [floors, tombstones, pruned] = await Promise.all([
    floorsIn(connection),
    tombstonesIn(connection, keys, [...records.flatMap(namesIn), ...audit.flatMap(namesInAudit)]),
    prunedSpans(connection, records),
  ])
  const timeOf = (scoped: readonly ScopedName[]): number =>
    Math.max(0, ...scoped.map(({ scope, name }) => tombstones.get(nameOf(keys, scope, name)) ?? 0))
  return {
    fateOf(record) {
      const isContent = record.event === 'content'
      const isOld = floors.some(
        ({ scope, before, contentOnly }) =>
          beganOf(record) < before && isIn(scope, record.tenant_id) && (!contentOnly || isContent),
      )
      const fate = pruned.get(`${record.span_id} ${record.tenant_id ?? ''}`)
      if (isOld || fate === 'all' || (fate === 'content' && isContent)) return 'pruned'
      const isErased = record.time <= timeOf(namesIn(record))
      return isErased ? (withoutPerson(record) ?? 'erased') : record
    },
    erasedIn: (record) =>
      inBoth(record.tenant_id, peopleNames(record)).flatMap((one) => {
        const time = timeOf([one])
        return record.time <= time ? [{ scope: one.scope, time }] : []
      }),
    fateOfAudit(row) {
      const isOld = floors.some(
        ({ scope, before, contentOnly }) =>
          row.time < before && isIn(scope, row.tenant_id) && !contentOnly,
      )
      if (isOld) return 'pruned'
      return row.time <= timeOf(namesInAudit(row)) ? 'erased' : row
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

/** Whether a tombstone has one of these names. */
export async function isBuried(
  connection: Connection,
  keys: Keys,
  names: readonly ScopedName[],
): Promise<boolean> {
  return (await tombstonesIn(connection, keys, names)).size > 0
}

/** A name in a tenant, or in all. */
export interface ScopedName {
  readonly scope: Scope
  readonly name: ErasedName
}

function namesIn(record: AnyRecord): ScopedName[] {
  return inBoth(record.tenant_id, namesOf(record))
}

function namesInAudit(row: AuditRow): ScopedName[] {
  const kinds = ['user', 'subject'] as const
  const names = peopleOf(row).flatMap((id) => kinds.map((kind) => ({ kind, id })))
  return inBoth(row.tenant_id, names)
}

function inBoth(tenant: string | null | undefined, names: readonly ErasedName[]): ScopedName[] {
  return names.flatMap((name) => [undefined, tenant ?? ''].map((scope) => ({ scope, name })))
}

function nameOf(keys: Keys, scope: Scope, name: ErasedName): string {
  return keys.erased(scope, name).toString('hex')
}

/** Of these tombstones those that are not there yet. */
export async function unburied(
  connection: Connection,
  keys: Keys,
  wanted: readonly Tombstone[],
): Promise<Tombstone[]> {
  const known = await tombstonesIn(connection, keys, wanted)
  return wanted.filter(
    ({ scope, name, time }) => (known.get(nameOf(keys, scope, name)) ?? 0) < time,
  )
}

/** What must not come back: what was written later is kept. */
export interface Tombstone extends ScopedName {
  readonly time: number
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

async function tombstonesIn(
  connection: Connection,
  keys: Keys,
  scoped: readonly ScopedName[],
): Promise<Map<string, number>> {
  const [count] = await connection.rows<{ n: number }>('SELECT count() AS n FROM $db.tombstones')
  if (count === undefined || count.n === 0) return new Map()
  const names = scoped.map(({ scope, name }) => nameOf(keys, scope, name))
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

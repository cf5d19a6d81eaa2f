import type { AnyRecord } from '@recount/record'
import { type AuditRow, peopleOf } from '../records/audit-row.ts'
import {
  type ErasedName,
  leadsOf,
  namesOf,
  peopleNames,
  withoutPerson,
} from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import { beganOf } from '../records/slot.ts'
import { isIn, type Scope } from '../scope.ts'
import { insertRows, rowsOf } from './bulk.ts'
import type { Connection, Value } from './connection.ts'

interface Floor {
  readonly scope: Scope
  readonly contentOnly: boolean
  readonly before: number
}

/** What must not come back: what was written later is kept. */
export interface Tombstone {
  readonly scope: Scope
  readonly name: ErasedName
  readonly time: number
}

/** What becomes of a record that comes in: what is left of it, or why nothing is. */
export type Fate = AnyRecord | 'erased' | 'pruned'

/** When what has these names was erased: names by their bytes, as Latin-1. */
type Times = ReadonlyMap<string, number>

/** What was forgotten and must not come back, as it is in the database at the moment of a write. */
export class Forgotten {
  readonly #connection: Connection
  readonly #keys: Keys
  #version = -1
  #floors: readonly Floor[] = []
  #hasTombstones = false
  #hasPruned = false

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection
    this.#keys = keys
  }

  /** Reads anew if another process, or this one, has forgotten something since. */
  refresh(): void {
    const version = this.#connection.number("SELECT value FROM meta WHERE key = 'forgotten'")
    if (version === this.#version) return
    this.#version = version
    this.#floors = this.#connection
      .all('SELECT scope, content_only, before FROM floors')
      .map(([scope, contentOnly, before]) => ({
        scope: scope === null || scope === undefined ? undefined : String(scope),
        contentOnly: contentOnly === 1,
        before: Number(before),
      }))
    this.#hasTombstones = this.#connection.number('SELECT EXISTS (SELECT 1 FROM tombstones)') === 1
    this.#hasPruned = this.#connection.number('SELECT EXISTS (SELECT 1 FROM pruned)') === 1
  }

  fatesOf(records: readonly AnyRecord[]): Fate[] {
    const pruned = this.#prunedSpans(records)
    const names = records.map((record) => (this.#hasTombstones ? namesOf(record) : []))
    const times = this.#timesOf(
      records.flatMap((record, at) => this.#scoped(record, names[at] ?? [])),
    )
    return records.map((record, at) => this.#fateOf(record, names[at] ?? [], { pruned, times }))
  }

  fatesOfAudit(rows: readonly AuditRow[]): (AuditRow | 'erased' | 'pruned')[] {
    const names = rows.map((row) => (this.#hasTombstones ? namesInAudit(row) : []))
    const times = this.#timesOf(rows.flatMap((row, at) => this.#scoped(row, names[at] ?? [])))
    return rows.map((row, at) => {
      if (this.#isBelow(row, row.time, false)) return 'pruned'
      return row.time <= this.#time(row, names[at] ?? [], times) ? 'erased' : row
    })
  }

  /** Whether a tombstone has one of these names. */
  isBuried(scope: Scope, names: readonly ErasedName[]): boolean {
    this.refresh()
    return this.#timesOf(names.map((name) => this.#keys.erased(scope, name))).size > 0
  }

  bury(rows: readonly Tombstone[]): void {
    if (rows.length === 0) return
    insertRows(
      this.#connection,
      'INSERT INTO tombstones',
      rows.map(({ scope, name, time }) => [this.#keys.erased(scope, name), time]),
      { conflict: 'ON CONFLICT (name) DO UPDATE SET time = max(time, excluded.time)' },
    )
    this.#changed()
  }

  /** What records of forgotten people lead to, and no tombstone names yet. */
  unburied(records: readonly AnyRecord[]): Tombstone[] {
    const scoped = (record: AnyRecord): { scope: Scope; key: string }[] =>
      peopleNames(record).flatMap((name) =>
        [undefined, record.tenant_id ?? ''].map((scope) => ({
          scope,
          key: this.#key(scope, name),
        })),
      )
    const people = records.map(scoped)
    const times = this.#timesOf(people.flat().map(({ key }) => Buffer.from(key, 'latin1')))
    const led = records.flatMap((record, at) =>
      (people[at] ?? []).flatMap(({ scope, key }) => {
        const time = times.get(key) ?? Number.NEGATIVE_INFINITY
        return record.time > time ? [] : leadsOf(record).map((name) => ({ scope, name, time }))
      }),
    )
    const known = this.#timesOf(led.map(({ scope, name }) => this.#keys.erased(scope, name)))
    return led.filter(({ scope, name, time }) => (known.get(this.#key(scope, name)) ?? 0) < time)
  }

  #key(scope: Scope, name: ErasedName): string {
    return this.#keys.erased(scope, name).toString('latin1')
  }

  sink({ scope, contentOnly, before }: Floor): void {
    const values: Value[] = [scope ?? null, contentOnly ? 1 : 0, before]
    this.#connection.run(
      'DELETE FROM floors WHERE scope IS ? AND content_only = ? AND before <= ?',
      values,
    )
    this.#connection.run('INSERT INTO floors VALUES (?, ?, ?)', values)
    this.#changed()
  }

  /** Keeps out what is written about these spans, or their content, from now on. */
  keepOut(spans: readonly number[], contentOnly: boolean): void {
    if (spans.length === 0) return
    this.#connection.run(
      `INSERT OR IGNORE INTO pruned SELECT span_id, tenant, ${contentOnly ? 1 : 0} FROM spans
        WHERE id IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(spans)],
    )
    // Others look again when they see a first one; from then on they ask for each record.
    if (!this.#hasPruned) this.#changed()
  }

  #fateOf(
    record: AnyRecord,
    names: readonly ErasedName[],
    { pruned, times }: { pruned: ReadonlyMap<string, boolean>; times: Times },
  ): Fate {
    const isContent = record.event === 'content'
    if (this.#isBelow(record, beganOf(record), isContent)) return 'pruned'
    const contentOnly = pruned.get(`${record.span_id} ${record.tenant_id ?? ''}`)
    if (contentOnly === false || (contentOnly === true && isContent)) return 'pruned'
    const isErased = record.time <= this.#time(record, names, times)
    return isErased ? (withoutPerson(record) ?? 'erased') : record
  }

  #isBelow({ tenant_id }: Tenanted, began: number, isContent: boolean): boolean {
    return this.#floors.some(
      ({ scope, before, contentOnly }) =>
        began < before && isIn(scope, tenant_id) && (!contentOnly || isContent),
    )
  }

  /** Of spans that were pruned by their ids, whether it was their content alone. */
  #prunedSpans(records: readonly AnyRecord[]): Map<string, boolean> {
    if (!this.#hasPruned) return new Map()
    const ids = new Set(records.flatMap(({ span_id }) => span_id ?? []))
    const rows = rowsOf(
      this.#connection,
      `SELECT j.value, p.tenant, min(p.content_only) FROM json_each(?) AS j
        CROSS JOIN pruned AS p ON p.span_id = unhex(j.value) GROUP BY 1, 2`,
      [...ids],
    )
    return new Map(rows.map(([id, tenant, only]) => [`${id} ${tenant}`, only === 1]))
  }

  /** When the last tombstone of these names is from; before all times without one. */
  #time(row: Tenanted, names: readonly ErasedName[], times: Times): number {
    if (times.size === 0) return Number.NEGATIVE_INFINITY
    const found = this.#scoped(row, names).map((name) => times.get(name.toString('latin1')))
    return Math.max(...found.map((time) => time ?? Number.NEGATIVE_INFINITY))
  }

  /** A tombstone is a tenant's, or everybody's. */
  #scoped({ tenant_id }: Tenanted, names: readonly ErasedName[]): Buffer[] {
    return names.flatMap((name) =>
      [undefined, tenant_id ?? ''].map((scope) => this.#keys.erased(scope, name)),
    )
  }

  #timesOf(names: readonly Buffer[]): Times {
    const rows = rowsOf(
      this.#connection,
      'SELECT t.name, t.time FROM json_each(?) AS j CROSS JOIN tombstones AS t ON t.name = unhex(j.value)',
      [...new Set(names.map((name) => name.toString('hex')))],
    )
    return new Map(
      rows.map(([name, time]) => [Buffer.from(name as Buffer).toString('latin1'), Number(time)]),
    )
  }

  #changed(): void {
    this.#connection.run(
      "INSERT INTO meta VALUES ('forgotten', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
    )
    this.refresh()
  }
}

function namesInAudit(row: AuditRow): ErasedName[] {
  return peopleOf(row).flatMap((id): ErasedName[] => [
    { kind: 'user', id },
    { kind: 'subject', id },
  ])
}

interface Tenanted {
  readonly tenant_id?: string | null
}

import type { AnyRecord } from '@recount/record'
import { namesOf, withoutPerson } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import { beganOf } from '../records/slot.ts'
import { isIn, type Scope } from '../scope.ts'
import type { Connection, Value } from './connection.ts'

interface Floor {
  readonly scope: Scope
  readonly contentOnly: boolean
  readonly before: number
}

/** What was forgotten and must not come back, as it is in the database at the moment of a write. */
export class Forgotten {
  readonly #connection: Connection
  readonly #keys: Keys
  #version = -1
  #floors: readonly Floor[] = []
  #tombstones: ReadonlyMap<string, number> = new Map()

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection
    this.#keys = keys
  }

  /** How often something was forgotten. */
  get version(): number {
    return this.#version
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
    this.#tombstones = new Map(
      this.#connection
        .all('SELECT name, time FROM tombstones')
        .map(([name, time]) => [(name as Buffer).toString('latin1'), Number(time)]),
    )
  }

  /** What becomes of a record that comes in: what is left of it, or why nothing is. */
  fateOf(record: AnyRecord): AnyRecord | 'erased' | 'pruned' {
    const isContent = record.event === 'content'
    const began = beganOf(record)
    const isOld = this.#floors.some(
      ({ scope, before, contentOnly }) =>
        began < before && isIn(scope, record.tenant_id) && (!contentOnly || isContent),
    )
    if (isOld) return 'pruned'
    if (this.#tombstones.size === 0) return record
    if (this.#isOfPruned(record)) return 'pruned'
    const isErased = namesOf(record).some((name) => record.time <= this.#time(record, name))
    return isErased ? (withoutPerson(record) ?? 'erased') : record
  }

  bury(rows: readonly { scope: Scope; name: Parameters<Keys['erased']>[1]; time: number }[]): void {
    for (const { scope, name, time } of rows)
      this.#connection.run(
        'INSERT INTO tombstones VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET time = max(time, excluded.time)',
        [this.#keys.erased(scope, name), time],
      )
    this.#changed()
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

  /** A span that began before what was pruned may have written its content after. */
  #isOfPruned(record: AnyRecord): boolean {
    const { span_id } = record
    if (span_id === undefined) return false
    if (this.#time(record, { kind: 'pruned', id: span_id }) > 0) return true
    return (
      record.event === 'content' && this.#time(record, { kind: 'pruned content', id: span_id }) > 0
    )
  }

  #time({ tenant_id = '' }: AnyRecord, name: Parameters<Keys['erased']>[1]): number {
    const times = [undefined, tenant_id].map((scope) =>
      this.#tombstones.get(this.#keys.erased(scope, name).toString('latin1')),
    )
    return Math.max(times[0] ?? 0, times[1] ?? 0)
  }

  #changed(): void {
    this.#connection.run(
      "INSERT INTO meta VALUES ('forgotten', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
    )
    this.refresh()
  }
}

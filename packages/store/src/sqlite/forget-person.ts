import type { AnyRecord } from '@recount/record'
import type { Person } from '../engine.ts'
import { subjectsOf, withoutPerson } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import type { Scope } from '../scope.ts'
import type { Erasure } from '../store.ts'
import { rowsOf } from './bulk.ts'
import type { Connection, Value } from './connection.ts'
import { deleteContents } from './delete-contents.ts'
import { forgetWords, giveSpaceBack, pause } from './forget-old.ts'
import type { Forgotten } from './forgotten.ts'
import { joinsOf } from './places.ts'
import { ownLines } from './read-traces.ts'
import { idText } from './span-table.ts'
import { digestBytes } from './write-contents.ts'
import { writeRecords } from './write-records.ts'

/** What forgetting needs. */
export interface Forgetting {
  readonly connection: Connection
  readonly forgotten: Forgotten
  readonly keys: Keys
  readonly multiTenant: boolean
}

const STEP_SPANS = 100

/** Forgets a person: first the tombstones, so that nothing comes back, then what is there. */
export async function forgetPerson(
  forgetting: Forgetting,
  person: Person,
  scope: Scope,
  time: number = Date.now(),
): Promise<Erasure> {
  const { connection, forgotten } = forgetting
  const name = { kind: person.kind, id: person.id }
  await connection.writeWhenFree(() => forgotten.bury([{ scope, name, time }]))
  const spans = spansOf(connection, person, scope)
  const ids = [...spans.keys()]
  let pieces = 0
  const words = new Set<string>()
  for (let at = 0; at < ids.length || at === 0; at += STEP_SPANS) {
    const some = ids.slice(at, at + STEP_SPANS)
    const step = await connection.writeWhenFree(() => {
      const own = some.map((id) => spans.get(id) as SpanName)
      forgotten.bury(
        own.flatMap((span) => tombstonesOf(span).map((name) => ({ scope, name, time }))),
      )
      return strip(forgetting, some, at === 0 ? person : undefined, scope)
    })
    pieces += step.pieces
    for (const word of step.words) words.add(word)
    await pause()
  }
  await forgetWords(connection, words)
  await giveSpaceBack(connection)
  return {
    traces: new Set([...spans.values()].map(({ trace_id }) => trace_id)).size,
    spans: spans.size,
    pieces,
    span_ids: [...spans.values()].map(({ span_id }) => span_id),
  }
}

interface SpanName {
  readonly trace_id: string
  readonly span_id: string
  readonly message_id: string | null
}

function tombstonesOf({
  span_id,
  message_id,
}: SpanName): { kind: 'span' | 'message'; id: string }[] {
  const message = message_id === null ? [] : [{ kind: 'message' as const, id: message_id }]
  return [{ kind: 'span', id: span_id }, ...message]
}

/** All of a trace that is this person's alone; of others what names the person. */
function spansOf(
  connection: Connection,
  { kind, id }: Person,
  scope: Scope,
): Map<number, SpanName> {
  const scoped: Value[] = scope === undefined ? [] : [scope]
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const own = connection
    .all(`SELECT id FROM spans WHERE user_id = ?${inScope}`, [id, ...scoped])
    .map(([span]) => Number(span))
  if (kind === 'subject') own.push(...lookupsOf(connection, id))
  const isShared =
    kind === 'subject'
      ? ''
      : 'AND NOT EXISTS (SELECT 1 FROM spans AS x WHERE x.trace_id = o.trace_id AND x.tenant = o.tenant AND x.user_id IS NOT NULL AND x.user_id <> ?)'
  const rows = connection.all(
    `WITH own AS MATERIALIZED (SELECT * FROM spans WHERE id IN (SELECT value FROM json_each(?)))
     SELECT id, trace_id, span_id, message_id FROM own WHERE 1${inScope}
     UNION SELECT s.id, s.trace_id, s.span_id, s.message_id FROM own AS o JOIN spans AS s
       ON s.trace_id = o.trace_id AND s.tenant = o.tenant WHERE 1 ${isShared}${inScope.replace('tenant', 's.tenant')}`,
    [JSON.stringify(own), ...scoped, ...(kind === 'subject' ? [] : [id]), ...scoped],
  )
  return new Map(
    rows.map(([span, trace_id, span_id, message_id]) => [
      Number(span),
      {
        trace_id: idText(trace_id as Buffer) ?? '',
        span_id: idText(span_id as Buffer) ?? '',
        message_id: message_id === null ? null : String(message_id),
      },
    ]),
  )
}

/** Retrievals that were about somebody, or found something about them. */
function lookupsOf(connection: Connection, id: string): number[] {
  const text = JSON.stringify(id)
  return connection
    .all("SELECT span, json FROM lines WHERE slot = 'retrieval' AND instr(json, ?) > 0", [text])
    .filter(([, json]) => subjectsOf(JSON.parse(String(json)) as AnyRecord).includes(id))
    .map(([span]) => Number(span))
}

function strip(
  forgetting: Forgetting,
  spans: readonly number[],
  person: Person | undefined,
  scope: Scope,
): { pieces: number; words: Set<string> } {
  const { connection, keys } = forgetting
  const late = lateOf(forgetting, spans, person, scope)
  const edits = editOwners(
    connection,
    late.map(({ record }) => record),
  )
  const owners = [...spans, ...edits]
  const left = [...ownLines(connection, owners), ...late.map(({ record }) => record)].flatMap(
    (record) => withoutPerson(record) ?? [],
  )
  const deleted = deleteContents(connection, [...owners, ...late.map(({ id }) => -id)], {
    contentOnly: false,
  })
  const list = JSON.stringify(owners)
  connection.run('DELETE FROM lines WHERE span IN (SELECT value FROM json_each(?))', [list])
  connection.run('DELETE FROM queries WHERE span IN (SELECT value FROM json_each(?))', [list])
  connection.run(
    `UPDATE spans SET user_id = NULL, session_id = NULL, request_id = NULL, message_id = NULL, tags = NULL, metadata = NULL
      WHERE id IN (SELECT value FROM json_each(?))`,
    [list],
  )
  connection.run('DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(late.map(({ id }) => id)),
  ])
  writeRecords(connection, keys, left)
  return { pieces: deleted.pieces, words: new Set(deleted.words) }
}

interface Late {
  readonly id: number
  readonly record: AnyRecord
}

/** What was said about these spans later, and what the person said anywhere. */
function lateOf(
  { connection, multiTenant }: Forgetting,
  spans: readonly number[],
  person: Person | undefined,
  scope: Scope,
): Late[] {
  const list = JSON.stringify(spans)
  const joined = joinsOf(multiTenant).map(
    (join) =>
      `SELECT l.id, l.json FROM json_each(?) AS j CROSS JOIN spans AS s ON s.id = j.value CROSS JOIN late AS l ON ${join}`,
  )
  const own =
    person === undefined
      ? []
      : [
          `SELECT l.id, l.json FROM late AS l WHERE l.user_id = ?${scope === undefined ? '' : ' AND l.tenant = ?'}`,
        ]
  const values: Value[] = [list, list, list]
  if (person !== undefined) values.push(person.id, ...(scope === undefined ? [] : [scope]))
  return connection
    .all([...joined, ...own].join(' UNION '), values)
    .map(([id, json]) => ({ id: Number(id), record: JSON.parse(String(json)) as AnyRecord }))
}

/** Spans that hold what users made of answers. */
function editOwners(connection: Connection, late: readonly AnyRecord[]): number[] {
  const digests = late.flatMap((line) =>
    line.event === 'user_action' ? (line.content ?? []).map(({ digest }) => digest) : [],
  )
  return rowsOf(
    connection,
    `SELECT DISTINCT c.owner FROM json_each(?) AS j CROSS JOIN docs AS d ON d.digest = unhex(j.value)
      CROSS JOIN contents AS c ON c.doc = d.id WHERE c.part = 'user_edit' AND c.owner > 0`,
    digests.map((digest) => digestBytes(digest)?.toString('hex') ?? ''),
  ).map(([owner]) => Number(owner))
}

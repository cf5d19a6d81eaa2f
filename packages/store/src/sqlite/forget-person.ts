import type { AnyRecord } from '@recount/record'
import type { ForgottenPerson, Person } from '../engine.ts'
import { RANK } from '../read/span-summary.ts'
import {
  editNamed,
  editsIn,
  foundNames,
  spanNames,
  subjectsOf,
  withoutPerson,
} from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import type { Scope } from '../scope.ts'
import { markUnclean } from './clean-file.ts'
import type { Connection, Value } from './connection.ts'
import { type Deleted, deleteContents } from './delete-contents.ts'
import { forgetAudit, NAMES_ONE } from './forget-audit.ts'
import type { Forgotten } from './forgotten.ts'
import { joinsOf } from './late-conditions.ts'
import { ownLines } from './read-traces.ts'
import { idText } from './span-table.ts'
import { inTurn } from './turns.ts'
import { forgetWords } from './unused-words.ts'
import { digestBytes } from './write-contents.ts'
import { writeRecords } from './write-records.ts'

/** What forgetting needs. */
export interface Forgetting {
  readonly connection: Connection
  readonly forgotten: Forgotten
  readonly keys: Keys
  readonly multiTenant: boolean
}

const STEP_SPANS = 50

/** Forgets a person, up to now. */
export function forgetPerson(
  forgetting: Forgetting,
  { kind, ids }: Person,
  scope: Scope,
): Promise<ForgottenPerson> {
  const now = Date.now()
  return forgetPeople(forgetting, { kind, times: new Map(ids.map((id) => [id, now])) }, scope)
}

/** People by their ids, each with the moment up to which they are forgotten. */
export interface People {
  readonly kind: Person['kind']
  readonly times: ReadonlyMap<string, number>
}

/** Forgets people: first the tombstones, so that nothing comes back, then what is there. */
export async function forgetPeople(
  forgetting: Forgetting,
  { kind, times }: People,
  scope: Scope,
): Promise<ForgottenPerson> {
  const { connection, forgotten } = forgetting
  const person: Person = { kind, ids: [...times.keys()] }
  const time = [...times.values()].reduce((a, b) => Math.max(a, b))
  const found = foundNames(person)
  const before = forgotten.isBuried(scope, found)
  await connection.writeWhenFree(() => {
    markUnclean(connection)
    forgotten.bury([...times].map(([id, until]) => ({ scope, name: { kind, id }, time: until })))
  })
  // In the step that takes something away: who goes on after a kill has to know of it.
  const buryFound = (): void => forgotten.bury(found.map((name) => ({ scope, name, time })))
  const spans = spansOf(connection, person, scope)
  const ids = [...spans.keys()]
  let pieces = 0
  let remarks = 0
  const edits = new Set<string>()
  const words = new Set<string>()
  for (let at = 0; at < ids.length || at === 0; at += STEP_SPANS) {
    const some = ids.slice(at, at + STEP_SPANS)
    const step = await inTurn(connection, () => {
      const own = some.map((id) => spans.get(id) as SpanName)
      forgotten.bury(own.flatMap((span) => spanNames(span).map((name) => ({ scope, name, time }))))
      const gone = strip(forgetting, some, { person: at === 0 ? person : undefined, scope, time })
      if (some.length + gone.remarks > 0) buryFound()
      return gone
    })
    pieces += step.pieces
    remarks += step.remarks
    for (const word of step.words) words.add(word)
    for (const edit of step.edits) edits.add(edit)
  }
  const audit_entries = await forgetAudit(connection, person, scope, buryFound)
  await forgetWords(connection, words)
  const traces = new Set([...spans.values()].map(({ trace_id }) => trace_id))
  return {
    before,
    ids: person.ids,
    traces: traces.size,
    spans: spans.size,
    ...{ pieces, remarks, audit_entries },
    span_ids: [...spans.values()].map(({ span_id }) => span_id),
    message_ids: [...spans.values()].flatMap(({ message_id }) => message_id ?? []),
    trace_ids: [...traces],
    edit_digests: [...edits],
  }
}

interface SpanName {
  readonly trace_id: string
  readonly span_id: string
  readonly message_id: string | null
  /** Whether all of its trace goes. */
  readonly isWhole: boolean
}

/**
 * All of a trace that is this person's alone; of others what names the person. What names them comes last: an erasure that
 * was killed finds the others by it.
 */
function spansOf(
  connection: Connection,
  { kind, ids }: Person,
  scope: Scope,
): Map<number, SpanName> {
  const list = JSON.stringify(ids)
  const scoped: Value[] = scope === undefined ? [] : [scope]
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const own = connection
    .all(`SELECT id FROM spans WHERE user_id IN (SELECT value FROM json_each(?))${inScope}`, [
      list,
      ...scoped,
    ])
    .map(([span]) => Number(span))
  if (kind === 'subject') own.push(...lookupsOf(connection, ids))
  const isShared =
    kind === 'subject'
      ? ''
      : 'AND NOT EXISTS (SELECT 1 FROM spans AS x WHERE x.trace_id = o.trace_id AND x.tenant = o.tenant AND x.user_id IS NOT NULL AND x.user_id NOT IN (SELECT value FROM json_each(?)))'
  const rows = connection.all(
    `WITH own AS MATERIALIZED (SELECT * FROM spans WHERE id IN (SELECT value FROM json_each(?)))
     SELECT id, trace_id, span_id, message_id, 0 AS whole FROM own WHERE 1${inScope}
     UNION SELECT s.id, s.trace_id, s.span_id, s.message_id, 1 FROM own AS o JOIN spans AS s
       ON s.trace_id = o.trace_id AND s.tenant = o.tenant WHERE 1 ${isShared}${inScope.replace('tenant', 's.tenant')} ORDER BY whole`,
    [JSON.stringify(own), ...scoped, ...(kind === 'subject' ? [] : [list]), ...scoped],
  )
  const named = new Set(own)
  rows.sort(([a], [b]) => Number(named.has(Number(a))) - Number(named.has(Number(b))))
  return new Map(
    rows.map(([span, trace_id, span_id, message_id, whole]) => [
      Number(span),
      {
        trace_id: idText(trace_id as Buffer) ?? '',
        span_id: idText(span_id as Buffer) ?? '',
        message_id: message_id === null ? null : String(message_id),
        isWhole: whole === 1,
      },
    ]),
  )
}

/** Retrievals that were about somebody, or found something about them. */
function lookupsOf(connection: Connection, ids: readonly string[]): number[] {
  return connection
    .all(`SELECT span, json FROM lines AS t WHERE slot = 'retrieval' AND ${NAMES_ONE}`, [
      JSON.stringify(ids.map((id) => JSON.stringify(id))),
    ])
    .filter(([, json]) =>
      subjectsOf({ event: 'retrieval', ...JSON.parse(String(json)) } as AnyRecord).some((id) =>
        ids.includes(id),
      ),
    )
    .map(([span]) => Number(span))
}

interface Stripping {
  /** Undefined where what they said anywhere is gone already. */
  readonly person: Person | undefined
  readonly scope: Scope
  readonly time: number
}

function strip(
  forgetting: Forgetting,
  spans: readonly number[],
  { person, scope, time }: Stripping,
): { pieces: number; remarks: number; words: Set<string>; edits: readonly string[] } {
  const { connection, keys, forgotten } = forgetting
  const late = lateOf(forgetting, spans, person, scope)
  const edits = editsIn(late.map(({ record }) => record))
  forgotten.bury(edits.map((id) => ({ scope, name: { kind: 'edit', id }, time })))
  const removed = removeEdits(connection, edits, scope)
  const left = [...ownLines(connection, spans), ...late.map(({ record }) => record)].flatMap(
    (record) => withoutPerson(record) ?? [],
  )
  const deleted = deleteContents(connection, [...spans, ...late.map(({ id }) => -id)], {
    contentOnly: false,
  })
  const list = JSON.stringify(spans)
  connection.run('DELETE FROM lines WHERE span IN (SELECT value FROM json_each(?))', [list])
  connection.run('DELETE FROM queries WHERE span IN (SELECT value FROM json_each(?))', [list])
  connection.run(`${UNNAME} WHERE id IN (SELECT value FROM json_each(?))`, [list])
  connection.run('DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(late.map(({ id }) => id)),
  ])
  writeRecords(connection, keys, left)
  return {
    ...{ pieces: deleted.pieces + removed.pieces, remarks: late.length, edits },
    words: new Set([...deleted.words, ...removed.words]),
  }
}

const UNNAME =
  'UPDATE spans SET user_id = NULL, session_id = NULL, request_id = NULL, message_id = NULL, tags = NULL, metadata = NULL'

/** A late line, and its row. */
export interface Late {
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
          `SELECT l.id, l.json FROM late AS l WHERE l.user_id IN (SELECT value FROM json_each(?))${scope === undefined ? '' : ' AND l.tenant = ?'}`,
        ]
  const values: Value[] = [list, list, list]
  if (person !== undefined)
    values.push(JSON.stringify(person.ids), ...(scope === undefined ? [] : [scope]))
  return connection
    .all([...joined, ...own].join(' UNION '), values)
    .map(([id, json]) => ({ id: Number(id), record: JSON.parse(String(json)) as AnyRecord }))
}

/** What users made of answers goes, by its names; within a write. Spans that had nothing else name nobody any more. */
export function removeEdits(
  connection: Connection,
  names: readonly string[],
  scope: Scope,
): Deleted {
  const edits = names.map(editNamed)
  const owners = connection
    .all(
      `SELECT DISTINCT c.owner FROM json_each(?) AS j CROSS JOIN docs AS d ON d.digest = unhex(j.value ->> 0)
        CROSS JOIN contents AS c ON c.doc = d.id CROSS JOIN spans AS s ON s.id = c.owner
        WHERE c.part = 'user_edit' AND s.user_id IS (j.value ->> 1)${scope === undefined ? '' : ' AND s.tenant = ?'}`,
      [
        JSON.stringify(edits.map(({ digest, user_id }) => [hexOf(digest), user_id ?? null])),
        ...(scope === undefined ? [] : [scope]),
      ],
    )
    .map(([owner]) => Number(owner))
  if (owners.length > 0) markUnclean(connection)
  connection.run(
    `${UNNAME} WHERE rank = ${RANK.content} AND id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(owners)],
  )
  const digests = edits.map(({ digest }) => digest)
  return deleteContents(connection, owners, { contentOnly: true, digests })
}

function hexOf(digest: string): string {
  return digestBytes(digest)?.toString('hex') ?? ''
}

import type { AnyRecord, Erased } from '@recount/record'
import {
  type ErasedName,
  editsIn,
  type Led,
  ledBy,
  SAME_ACTION_MS,
  withoutPerson,
} from '../records/erasure.ts'
import type { Scope } from '../scope.ts'
import { markUnclean } from './clean-file.ts'
import type { Connection } from './connection.ts'
import { type Deleted, deleteContents } from './delete-contents.ts'
import { type Forgetting, forgetPeople, type Late, removeEdits } from './forget-person.ts'
import { hexList } from './write-contents.ts'
import { writeRecords } from './write-records.ts'

/** Tombstones of one scope. */
export interface Buried {
  readonly scope: Scope
  readonly lines: readonly Erased[]
}

/** Tombstones in logs, by the scope for which they hold. */
export function buriedIn(
  lines: readonly Erased[],
  scopeOf: (line: Erased) => Scope,
): readonly Buried[] {
  const scopes = new Map<Scope, Erased[]>()
  for (const line of lines) {
    const scope = scopeOf(line)
    const own = scopes.get(scope)
    if (own === undefined) scopes.set(scope, [line])
    else own.push(line)
  }
  return [...scopes].map(([scope, own]) => ({ scope, lines: own }))
}

/** The content that tombstones name goes; within a write. Answers words that may be nowhere now. */
export function buryErased(
  { connection, forgotten }: Forgetting,
  { scope, lines }: Buried,
): ReadonlySet<string> {
  const rows = lines.flatMap((line) =>
    namesIn(line).map((name) => ({ scope, name, time: line.time })),
  )
  if (rows.length === 0) return new Set()
  forgotten.bury(rows)
  const spans = [...new Set(lines.flatMap(({ of_span_id }) => of_span_id ?? []))]
  const digests = [...new Set(lines.flatMap(({ digest }) => digest ?? []))]
  const inScope = scope === undefined ? '' : ' AND s.tenant = ?'
  const scoped = scope === undefined ? [] : [scope]
  const ofSpan = connection.all(
    `SELECT s.id FROM json_each(?) AS j CROSS JOIN spans AS s ON s.span_id = unhex(j.value) WHERE 1${inScope}`,
    [JSON.stringify(spans), ...scoped],
  )
  const ofDigest = connection.all(
    `SELECT DISTINCT s.id FROM json_each(?) AS j CROSS JOIN docs AS d ON d.digest = unhex(j.value)
      CROSS JOIN contents AS c ON c.doc = d.id CROSS JOIN spans AS s ON s.id = c.owner WHERE 1${inScope}`,
    [hexList(digests), ...scoped],
  )
  const ids = (found: readonly (readonly unknown[])[]): number[] => found.map(([id]) => Number(id))
  if (ofSpan.length + ofDigest.length > 0) markUnclean(connection)
  const first = deleteContents(connection, ids(ofSpan), { contentOnly: true })
  const second = deleteContents(connection, ids(ofDigest), { contentOnly: true, digests })
  return new Set([...first.words, ...second.words])
}

/** What was said about the answers of forgotten people goes also where it was read before these were; within a write. */
export function buryRemarks(
  forgetting: Forgetting,
  records: readonly AnyRecord[],
  scopeOf: (line: AnyRecord) => Scope,
): Deleted {
  const { connection, forgotten, keys } = forgetting
  const unburied = forgotten.unburied(records)
  if (unburied.length === 0) return NOTHING
  forgotten.bury(unburied)
  const late = lateAbout(connection, ledBy(unburied.map(({ name }) => name)))
  const fates = forgotten.fatesOf(late.map(({ record }) => record))
  const stripped = late.filter(
    (_, at) => typeof fates[at] === 'object' && fates[at] !== late[at]?.record,
  )
  if (stripped.length === 0) return NOTHING
  markUnclean(connection)
  const ids = stripped.map(({ id }) => id)
  const said = deleteContents(
    connection,
    ids.map((id) => -id),
    { contentOnly: false },
  )
  connection.run('DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ])
  const lines = stripped.map(({ record }) => record)
  writeRecords(
    connection,
    keys,
    lines.flatMap((line) => withoutPerson(line) ?? []),
  )
  const edits = buryEdits(forgetting, lines, scopeOf)
  return { pieces: said.pieces + edits.pieces, words: new Set([...said.words, ...edits.words]) }
}

const NOTHING: Deleted = { pieces: 0, words: new Set() }

function lateAbout(connection: Connection, { spans, messages, traces }: Led): Late[] {
  return connection
    .all(
      `SELECT l.id, l.json FROM json_each(?) AS j CROSS JOIN late AS l ON l.span_id = unhex(j.value)
        UNION SELECT l.id, l.json FROM json_each(?) AS j CROSS JOIN late AS l ON l.message_id = j.value
        UNION SELECT l.id, l.json FROM json_each(?) AS j CROSS JOIN late AS l ON l.trace_id = unhex(j.value)`,
      [spans, messages, traces].map((ids) => JSON.stringify(ids)),
    )
    .map(([id, json]) => ({ id: Number(id), record: JSON.parse(String(json)) as AnyRecord }))
}

/** What users made of answers goes with the actions that tell of it; within a write. */
export function buryEdits(
  { connection, forgotten }: Forgetting,
  actions: readonly AnyRecord[],
  scopeOf: (line: AnyRecord) => Scope,
): Deleted {
  const words = new Set<string>()
  let pieces = 0
  for (const action of actions) {
    const [scope, time] = [scopeOf(action), action.time + SAME_ACTION_MS]
    const edits = editsIn([action])
    forgotten.bury(edits.map((id) => ({ scope, name: { kind: 'edit', id }, time })))
    const removed = removeEdits(connection, edits, scope)
    pieces += removed.pieces
    for (const word of removed.words) words.add(word)
  }
  return { pieces, words }
}

/** People whom tombstones name are forgotten, all of one scope together. */
export async function forgetBuried(
  forgetting: Forgetting,
  { scope, lines }: Buried,
): Promise<void> {
  const times = new Map<string, number>()
  for (const { subject_id, time } of lines)
    if (subject_id !== undefined)
      times.set(subject_id, Math.max(time, times.get(subject_id) ?? time))
  if (times.size > 0) await forgetPeople(forgetting, { kind: 'subject', times }, scope)
}

function namesIn({ digest, of_span_id }: Erased): ErasedName[] {
  return [
    ...(digest === undefined ? [] : [{ kind: 'digest', id: digest } as const]),
    ...(of_span_id === undefined ? [] : [{ kind: 'content', id: of_span_id } as const]),
  ]
}

import type { Erased } from '@recount/record'
import type { ErasedName } from '../records/erasure.ts'
import type { Scope } from '../scope.ts'
import { markUnclean } from './clean-file.ts'
import { deleteContents } from './delete-contents.ts'
import type { Forgetting } from './forget-person.ts'
import { idBytes } from './span-table.ts'
import { digestBytes } from './write-contents.ts'

/** A tombstone in a log: the content that it names goes; within a write. Answers words that may be nowhere now. */
export function buryErased(
  { connection, forgotten }: Forgetting,
  { digest, of_span_id, time }: Erased,
  scope: Scope,
): ReadonlySet<string> {
  const names: ErasedName[] = []
  if (digest !== undefined) names.push({ kind: 'digest', id: digest })
  if (of_span_id !== undefined) names.push({ kind: 'content', id: of_span_id })
  if (names.length === 0) return new Set()
  forgotten.bury(names.map((name) => ({ scope, name, time })))
  const inScope = scope === undefined ? '' : ' AND s.tenant = ?'
  const scoped = scope === undefined ? [] : [scope]
  const ofSpan = connection.all(`SELECT s.id FROM spans AS s WHERE s.span_id = ?${inScope}`, [
    idBytes(of_span_id),
    ...scoped,
  ])
  const ofDigest = connection.all(
    `SELECT DISTINCT s.id FROM docs AS d JOIN contents AS c ON c.doc = d.id JOIN spans AS s ON s.id = c.owner
      WHERE d.digest = ?${inScope}`,
    [digestBytes(digest ?? null), ...scoped],
  )
  const ids = (rows: readonly (readonly unknown[])[]): number[] => rows.map(([id]) => Number(id))
  if (ofSpan.length + ofDigest.length > 0) markUnclean(connection)
  const first = deleteContents(connection, ids(ofSpan), { contentOnly: true })
  const second = deleteContents(connection, ids(ofDigest), { contentOnly: true, digest })
  return new Set([...first.words, ...second.words])
}

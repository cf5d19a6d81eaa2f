import type { AnyRecord, Content, Erased } from '@recount/record'

/** Takes away the content that tombstones name: by digest, by span, by the person it is about. */
export function withoutErased(
  records: readonly AnyRecord[],
  tombstones: readonly Erased[],
): { readonly records: AnyRecord[]; readonly count: number } {
  const digests = new Set(tombstones.map(({ digest }) => digest))
  const spans = new Set(tombstones.map(({ of_span_id }) => of_span_id))
  const subjects = new Set(tombstones.map(({ subject_id }) => subject_id))
  for (const set of [digests, spans, subjects]) set.delete(undefined)
  const lookups = new Set(
    records.filter((record) => isAboutSubject(record, subjects)).map(({ span_id }) => span_id),
  )
  const isErased = (content: Content): boolean =>
    digests.has(content.digest) ||
    spans.has(content.span_id) ||
    subjects.has(content.user_id) ||
    (content.part === 'retrieved' && lookups.has(content.span_id))
  const left = records.filter((record) => record.event !== 'content' || !isErased(record))
  return { records: left, count: records.length - left.length }
}

/** A retrieval finds texts about people who are not the user. */
function isAboutSubject(record: AnyRecord, subjects: ReadonlySet<string | undefined>): boolean {
  if (record.event !== 'retrieval') return false
  const about = [record.subject_id, ...record.chunks.map(({ subject_id }) => subject_id)]
  return about.some((subject) => subject !== undefined && subjects.has(subject))
}

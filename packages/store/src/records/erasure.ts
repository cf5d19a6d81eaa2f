import type { AnyRecord } from '@recount/record'

/** What a tombstone names: a person, and that something of theirs was found; the content with a digest, or of a span; a span or an answer that was about a person. */
export type ErasedKind =
  | 'user'
  | 'subject'
  | 'digest'
  | 'content'
  | 'span'
  | 'message'
  | 'found user'
  | 'found subject'

/** A name of something that may be gone. */
export interface ErasedName {
  readonly kind: ErasedKind
  readonly id: string
}

/** The names of tombstones that say that something of a person was found and is gone. */
export function foundNames({
  kind,
  ids,
}: {
  kind: 'user' | 'subject'
  ids: readonly string[]
}): ErasedName[] {
  return ids.map((id) => ({ kind: `found ${kind}`, id }))
}

/** Every name under which a record, or content in it, may have been erased. */
export function namesOf(record: AnyRecord): ErasedName[] {
  const { span_id, user_id } = record
  const names: ErasedName[] = []
  if (user_id !== undefined) names.push({ kind: 'user', id: user_id })
  if (user_id !== undefined) names.push({ kind: 'subject', id: user_id })
  if (span_id !== undefined) names.push({ kind: 'span', id: span_id })
  if (
    (record.event === 'user_action' || record.event === 'evaluation') &&
    record.message_id !== undefined
  )
    names.push({ kind: 'message', id: record.message_id })
  if (record.event === 'content')
    names.push({ kind: 'digest', id: record.digest }, { kind: 'content', id: record.span_id })
  if (record.event === 'retrieval')
    for (const id of subjectsOf(record)) names.push({ kind: 'subject', id })
  return names
}

/** The people whose data a record names, besides its user. */
export function subjectsOf(record: AnyRecord): string[] {
  if (record.event !== 'retrieval') return []
  const ids = [record.subject_id, ...record.chunks.map(({ subject_id }) => subject_id)]
  return [...new Set(ids.filter((id) => id !== undefined))]
}

/** Keys that tell about a person, or are their or our words about them. */
const PERSONAL = [
  'user_id',
  'session_id',
  'request_id',
  'message_id',
  'subject_id',
  'metadata',
  'tags',
  'comment',
  'explanation',
  'message',
  'msg',
  'content',
  'redactions',
  'params',
] as const

/**
 * What is left of a metadata line when the person it is about was erased: models, tokens, times, endings; nothing that
 * names them and no words. Undefined where nothing is left, as of content.
 */
export function withoutPerson(record: AnyRecord): AnyRecord | undefined {
  if (record.event === 'content') return undefined
  const line: Record<string, unknown> = { ...record }
  for (const key of PERSONAL)
    if (key !== 'message' || record.event === 'validation') delete line[key]
  if (line.error !== undefined) line.error = bareError(line.error)
  if (record.event === 'validation') line.path = null
  if (record.event === 'retrieval')
    line.chunks = record.chunks.map(({ score }) => (score === undefined ? {} : { score }))
  return line as unknown as AnyRecord
}

function bareError(error: unknown): object {
  const { type, code, status } = error as Record<string, unknown>
  return {
    type,
    ...(code === undefined ? {} : { code }),
    status: status ?? null,
    message: '[Erased]',
  }
}

import type { AnyRecord, Content } from '@recount/record'

/**
 * What a tombstone names: a person, and that something of theirs was found; the content with a digest, or of a span; a span,
 * or an answer or a trace of which late lines speak; all of a trace that names nobody else; what somebody made of an answer.
 */
export type ErasedKind =
  | 'user'
  | 'subject'
  | 'digest'
  | 'content'
  | 'span'
  | 'message'
  | 'trace'
  | 'whole'
  | 'edit'
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

/** The names of a span that is forgotten; `isWhole` is whether its trace is all one person's. */
export function spanNames(span: {
  readonly trace_id: string
  readonly span_id: string
  readonly message_id: string | null
  readonly isWhole: boolean
}): ErasedName[] {
  const { trace_id, span_id, message_id, isWhole } = span
  return [
    { kind: 'span', id: span_id },
    { kind: 'trace', id: trace_id },
    ...(isWhole ? [{ kind: 'whole', id: trace_id } as const] : []),
    ...(message_id === null ? [] : [{ kind: 'message', id: message_id } as const]),
  ]
}

/** Every name under which a record, or content in it, may have been erased. */
export function namesOf(record: AnyRecord): ErasedName[] {
  const { span_id, trace_id, user_id } = record
  const names: ErasedName[] = []
  if (user_id !== undefined) names.push({ kind: 'user', id: user_id })
  if (user_id !== undefined) names.push({ kind: 'subject', id: user_id })
  if (span_id !== undefined) names.push({ kind: 'span', id: span_id })
  if (isRemark(record)) names.push(...remarkNames(record))
  else if (user_id === undefined && trace_id !== undefined)
    names.push({ kind: 'whole', id: trace_id })
  if (record.event === 'content')
    names.push({ kind: 'digest', id: record.digest }, { kind: 'content', id: record.span_id })
  if (isEdit(record)) names.push({ kind: 'edit', id: editName(record) })
  if (record.event === 'retrieval')
    for (const id of subjectsOf(record)) names.push({ kind: 'subject', id })
  return names
}

/** Names of the people whom a record names. */
export function peopleNames(record: AnyRecord): ErasedName[] {
  return namesOf(record).filter(({ kind }) => kind === 'user' || kind === 'subject')
}

/** Names by which late lines may speak of what a record tells of: they go with it, whichever is read first. */
export function leadsOf(record: AnyRecord): ErasedName[] {
  const { trace_id, span_id } = record
  if (isRemark(record) || trace_id === undefined || span_id === undefined) return []
  const { message_id = null } = record as { message_id?: string | null }
  return spanNames({ trace_id, span_id, message_id, isWhole: false })
}

/** Late lines that may be about a record: those that name its span, its answer or its trace. */
export interface Led {
  readonly spans: readonly string[]
  readonly messages: readonly string[]
  readonly traces: readonly string[]
}

/** What late lines name that may have these names. */
export function ledBy(names: readonly ErasedName[]): Led {
  const idsOf = (wanted: ErasedKind): string[] => [
    ...new Set(names.flatMap(({ kind, id }) => (kind === wanted ? id : []))),
  ]
  return { spans: idsOf('span'), messages: idsOf('message'), traces: idsOf('trace') }
}

type Remark = Extract<AnyRecord, { event: 'user_action' | 'evaluation' }>

/** Whether a line may speak of an answer later, by the id of its span, else of the answer, else of the trace. */
export function isRemark(record: AnyRecord): record is Remark {
  return record.event === 'user_action' || record.event === 'evaluation'
}

function remarkNames({ span_id, message_id, trace_id }: Remark): ErasedName[] {
  if (message_id !== undefined) return [{ kind: 'message', id: message_id }]
  return span_id === undefined && trace_id !== undefined ? [{ kind: 'trace', id: trace_id }] : []
}

/** Whether a line is what somebody made of an answer. */
export function isEdit(record: AnyRecord): record is Content {
  return record.event === 'content' && record.part === 'user_edit'
}

/** What is known of an edit: who else made the same text of another answer keeps it. */
export interface Edit {
  readonly digest: string
  readonly user_id?: string | undefined
}

/** An edit in one text. */
export function editName({ digest, user_id }: Edit): string {
  return user_id === undefined ? digest : `${digest} ${user_id}`
}

/** The edit that a name says. */
export function editNamed(name: string): Edit {
  const at = name.indexOf(' ')
  return at === -1 ? { digest: name } : { digest: name.slice(0, at), user_id: name.slice(at + 1) }
}

/** Names of what users made of answers, of which lines tell: by who acted, or by nobody who is named. */
export function editsIn(records: readonly AnyRecord[]): string[] {
  return records.flatMap((record) => {
    const told = record.event === 'user_action' ? (record.content ?? []) : []
    return told.flatMap(({ digest }) => [
      digest,
      ...(record.user_id === undefined ? [] : [editName({ digest, user_id: record.user_id })]),
    ])
  })
}

/** Of lines that lost their words to a tombstone, those that tell of an edit, which goes with them. */
export function strippedActions<R extends AnyRecord>(
  records: readonly R[],
  fates: readonly (AnyRecord | 'erased' | 'pruned')[],
): R[] {
  return records.filter((record, at) => {
    const fate = fates[at]
    return typeof fate === 'object' && fate !== record && editsIn([record]).length > 0
  })
}

/** An edit is written in the moment of the action that tells of it, milliseconds. */
export const SAME_ACTION_MS = 1000

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

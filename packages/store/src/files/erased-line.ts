import type { AnyRecord } from '@recount/record'
import { subjectsOf, withoutPerson } from '../records/erasure.ts'

/** What stands in the place of a line from which a person was taken. */
export interface ErasedLine {
  /** A content line that went, or a metadata line that was stripped. */
  readonly kind: 'lines' | 'stripped'
  /** The best first; the later ones are shorter. */
  readonly texts: readonly string[]
}

/** What a line becomes; undefined where it stays as it is. */
export type LineEraser = (text: string) => ErasedLine | undefined

/** Whose lines. */
export interface ErasedPerson {
  readonly span_ids: readonly string[]
  readonly message_ids?: readonly string[] | undefined
  readonly ids?: readonly string[] | undefined
  readonly tenant?: string | undefined
}

/** Takes a person out of lines. */
export function lineEraser(person: ErasedPerson): LineEraser {
  const { tenant } = person
  const isOf = matcherOf(person)
  return (text) => {
    const record = recordIn(text)
    if (record === undefined || record.event === 'erased' || !isOf(record)) return undefined
    if (tenant !== undefined && (record.tenant_id ?? '') !== tenant) return undefined
    return record.event === 'content' ? tombstoneOf(record) : strippedLine(record)
  }
}

function matcherOf({ span_ids, message_ids = [], ids = [] }: ErasedPerson) {
  const spans = new Set(span_ids)
  const messages = new Set(message_ids)
  const names = new Set(ids)
  return (record: AnyRecord): boolean => {
    const { span_id = '', user_id = '' } = record
    const { message_id = '' } = record as { message_id?: string }
    return (
      spans.has(span_id) ||
      names.has(user_id) ||
      messages.has(message_id) ||
      subjectsOf(record).some((id) => names.has(id))
    )
  }
}

function recordIn(text: string): AnyRecord | undefined {
  if (!text.includes('"recount"')) return undefined
  try {
    const line = JSON.parse(text) as { recount?: unknown; event?: unknown } | null
    return line?.recount === 1 && typeof line.event === 'string' ? (line as AnyRecord) : undefined
  } catch {
    return undefined
  }
}

function tombstoneOf({ tenant_id, span_id }: AnyRecord): ErasedLine {
  const ids = { ...(tenant_id === undefined ? {} : { tenant_id }), of_span_id: span_id }
  const line = { level: 30, time: Date.now(), recount: 1, event: 'erased', ...ids }
  return { kind: 'lines', texts: [JSON.stringify(line)] }
}

/** The same with less about its error, where a short one would become longer. */
function strippedLine(record: AnyRecord): ErasedLine | undefined {
  const left = withoutPerson(record)
  const before = JSON.stringify(record)
  const text = JSON.stringify(left)
  if (left === undefined || text === before) return undefined
  const { error } = left as { error?: { type?: unknown; status?: unknown } }
  const shorter =
    error === undefined
      ? []
      : [
          JSON.stringify({
            ...left,
            error: { type: error.type, status: error.status, message: '' },
          }),
        ]
  return { kind: 'stripped', texts: [text, ...shorter] }
}

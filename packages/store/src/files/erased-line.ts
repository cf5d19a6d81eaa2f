import type { AnyRecord } from '@recount/record'
import { isRemark, withoutPerson } from '../records/erasure.ts'
import type { PersonLines } from './person-lines.ts'

/** What stands in the place of a line from which a person was taken. */
export interface ErasedLine {
  /** A content line that went, or a metadata line that was stripped. */
  readonly kind: 'lines' | 'stripped'
  /** The best first; the later ones are shorter. */
  readonly texts: readonly string[]
}

/** What a line becomes; undefined where it stays as it is. */
export type LineEraser = (text: string) => ErasedLine | undefined

/**
 * In which order lines go: content; what leads to content alone; what leads to remarks, by the id of an answer; what names
 * the person, and so leads to all of these.
 */
export const ERASING_STEPS = ['content', 'words', 'answers', 'names'] as const

/** One of `ERASING_STEPS`. */
export type ErasingStep = (typeof ERASING_STEPS)[number]

/** Takes a person out of the lines that go in one step. */
export function lineEraser(person: PersonLines, step: ErasingStep): LineEraser {
  return (text) => {
    const record = recordIn(text)
    if (record?.event === 'erased') person.note(record)
    if (record === undefined || record.event === 'erased' || !person.has(record)) return undefined
    if (stepOf(record, person) !== step || !person.isLearned(record)) return undefined
    const erased = record.event === 'content' ? tombstoneOf(record) : strippedLine(record)
    if (erased !== undefined) person.note(record)
    return erased
  }
}

function stepOf(record: AnyRecord, person: PersonLines): ErasingStep {
  if (record.event === 'content') return 'content'
  if (isRemark(record)) return 'words'
  if (person.isNamedIn(record)) return 'names'
  return (record as { message_id?: unknown }).message_id === undefined ? 'words' : 'answers'
}

/** The record of a line, where it is one. */
export function recordIn(text: string): AnyRecord | undefined {
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

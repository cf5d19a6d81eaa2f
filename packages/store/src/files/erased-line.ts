import type { AnyRecord } from '@recount/record'
import { withoutPerson } from '../records/erasure.ts'
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

/** Takes a person out of lines: out of content lines, or out of the others. */
export function lineEraser(person: PersonLines, kind: ErasedLine['kind']): LineEraser {
  return (text) => {
    const record = recordIn(text)
    if (record?.event === 'erased') person.note(record)
    if (record === undefined || record.event === 'erased' || !person.has(record)) return undefined
    if ((record.event === 'content') !== (kind === 'lines')) return undefined
    const erased = record.event === 'content' ? tombstoneOf(record) : strippedLine(record)
    if (erased !== undefined) person.note(record)
    return erased
  }
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

import type { Input } from '@recount/analyze'
import type { AnyRecord, Content, Erased, EventTypes } from '@recount/record'
import { recordFindings } from '../record-findings.ts'
import { type RawRecord, scan, timeOf } from './scan.ts'

/** What somebody said about an answer. */
type About = EventTypes['user_action' | 'evaluation']

/** Lines outside a trace that belong to it. */
export interface LateLines {
  /** About its answers, from any process, by `message_id` or `span_id`. */
  readonly about: readonly About[]
  /** What those changed answers into. */
  readonly edits: readonly Content[]
  readonly tombstones: readonly Erased[]
}

/** Reads the lines outside a trace that belong to it. */
export async function readLateLines(
  records: readonly AnyRecord[],
  inputs: readonly Input[],
  onBytes: (bytes: number) => void,
): Promise<LateLines> {
  const spans = new Set(records.map(({ span_id }) => span_id))
  const messages = messageIds(records)
  const about: About[] = []
  const tombstones: Erased[] = []
  await scan(inputs, {
    needles: ['"user_action"', '"evaluation"', '"erased"'],
    onBytes,
    visit(raw) {
      const record = validRecord(raw)
      if (record?.event === 'erased') tombstones.push(record)
      if (record?.event !== 'user_action' && record?.event !== 'evaluation') return
      const { trace_id, span_id = '', message_id = '' } = record
      if (trace_id === undefined && (messages.has(message_id) || spans.has(span_id)))
        about.push(record)
    },
  })
  return { about, tombstones, edits: await readEdits([...records, ...about], inputs, onBytes) }
}

/** Puts lines about answers under the span that gave the answer, or under the trace's first span. */
export function aboutAnswers(
  trace_id: string,
  records: readonly AnyRecord[],
  loose: readonly About[],
): AnyRecord[] {
  const own = records.filter((record) => !isAbout(record))
  const spans = new Set(own.map(({ span_id }) => span_id))
  const answers = messageIds(records)
  // The parent of a trace's first span may be in another process, of which there are no lines.
  const roots = own.filter(({ parent_span_id }) => !spans.has(parent_span_id))
  const root = roots.sort((a, b) => timeOf(a) - timeOf(b))[0]
  return [...records, ...loose].map((record) => {
    if (!isAbout(record)) return record
    const named = record.span_id !== undefined && spans.has(record.span_id)
    const span_id = named
      ? record.span_id
      : (answers.get(record.message_id ?? '') ?? root?.span_id ?? record.span_id)
    return { ...record, trace_id, ...(span_id === undefined ? {} : { span_id }) }
  })
}

function isAbout(record: AnyRecord): record is About {
  return record.event === 'user_action' || record.event === 'evaluation'
}

/** Which span gave the answer with an id: the one that handed it out, else the call that made it. */
function messageIds(records: readonly AnyRecord[]): Map<string, string> {
  const spans = new Map<string, string>()
  for (const record of records) {
    if (record.event !== 'final_response' && record.event !== 'llm_call') continue
    const { message_id, span_id } = record
    if (message_id !== undefined && (record.event === 'final_response' || !spans.has(message_id)))
      spans.set(message_id, span_id)
  }
  return spans
}

/** Edits have a trace of their own where the user's action named a message only. */
async function readEdits(
  records: readonly AnyRecord[],
  inputs: readonly Input[],
  onBytes: (bytes: number) => void,
): Promise<Content[]> {
  const known = new Set(records.map((record) => record.event === 'content' && record.digest))
  const refs = records.flatMap((record) =>
    record.event === 'user_action' ? (record.content ?? []) : [],
  )
  const wanted = new Set(refs.map(({ digest }) => digest).filter((digest) => !known.has(digest)))
  const edits: Content[] = []
  if (wanted.size === 0) return edits
  await scan(inputs, {
    needles: ['"user_edit"'],
    onBytes,
    visit(raw) {
      const record = validRecord(raw)
      if (record?.event === 'content' && wanted.has(record.digest)) edits.push(record)
    },
  })
  return edits
}

function validRecord(raw: RawRecord): AnyRecord | undefined {
  return recordFindings(raw).length === 0 ? (raw as unknown as AnyRecord) : undefined
}

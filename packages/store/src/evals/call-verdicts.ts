import type { AnyRecord, EventTypes, LlmCall, UserActionName } from '@recount/record'
import { beganOf } from '../records/slot.ts'
import type { EvalScore } from './eval-example.ts'

/** What people and programs said about a call, later. */
export interface CallVerdicts {
  /** The last one that is no rating. */
  action?: UserActionName
  /** What a user made of the answer the last time; undefined where that was not kept. */
  edit?: unknown
  rating?: number
  comment?: string
  readonly scores: EvalScore[]
}

/** The verdicts of a trace by the span of the call that they are about, the latest of each kind. */
export function verdictsOf(records: readonly AnyRecord[]): Map<string, CallVerdicts> {
  const calls = records
    .filter((record) => record.event === 'llm_call')
    .filter(({ operation }) => operation !== 'embeddings')
    .sort((a, b) => beganOf(a) - beganOf(b))
  const edits = new Map(
    records.flatMap((record) =>
      record.event === 'content' && record.part === 'user_edit'
        ? [[record.digest, record.content] as const]
        : [],
    ),
  )
  const verdicts = new Map<string, CallVerdicts>()
  const said = records.filter(isVerdict).sort((a, b) => a.time - b.time)
  for (const record of said) {
    const call = callOf(record, records, calls)
    if (call === undefined) continue
    const known = verdicts.get(call.span_id) ?? { scores: [] }
    verdicts.set(call.span_id, known)
    if (record.event === 'user_action') addAction(known, record, edits)
    else addScore(known.scores, record)
  }
  return verdicts
}

type Verdict = EventTypes['user_action' | 'evaluation']

function isVerdict(record: AnyRecord): record is Verdict {
  return record.event === 'user_action' || record.event === 'evaluation'
}

/** The call itself; of a final answer, a step or the whole trace the last call up to then. What judges tools and lookups is about no call. */
function callOf(
  { event, span_id, time }: Verdict,
  records: readonly AnyRecord[],
  calls: readonly LlmCall[],
): LlmCall | undefined {
  const named = calls.find((call) => call.span_id === span_id)
  if (named !== undefined) return named
  const lines = records.filter((record) => record.span_id === span_id && !isVerdict(record))
  if (event === 'evaluation' && lines.some(isOfNoCall)) return undefined
  const until = untilOf(lines, time)
  return calls.findLast((one) => beganOf(one) <= until)
}

function isOfNoCall({ event }: AnyRecord): boolean {
  return event === 'tool_call' || event === 'retrieval' || event === 'validation'
}

/** Until when a span went on. */
function untilOf(lines: readonly AnyRecord[], otherwise: number): number {
  const final = lines.find(({ event }) => event === 'final_response' || event === 'step')
  return final?.time ?? otherwise
}

function addAction(
  verdicts: CallVerdicts,
  { action, score, comment, content = [] }: EventTypes['user_action'],
  edits: ReadonlyMap<string, unknown>,
): void {
  if (comment !== undefined) verdicts.comment = comment
  if (score !== undefined) verdicts.rating = score
  if (action === 'rated') {
    verdicts.action ??= action
    return
  }
  verdicts.action = action
  const [edit] = content.flatMap(({ digest }) => (edits.has(digest) ? [edits.get(digest)] : []))
  if (action === 'edited') verdicts.edit = edit
  else delete verdicts.edit
}

/** Who judges again changes their mind. */
function addScore(scores: EvalScore[], record: EventTypes['evaluation']): void {
  const { name, score = null, label = null, evaluator, explanation = null } = record
  const at = scores.findIndex((one) => one.name === name && one.evaluator === evaluator)
  if (at !== -1) scores.splice(at, 1)
  scores.push({ name, score, label, evaluator, explanation })
}

import type { AnyRecord, EventTypes } from '@recount/record'
import { StoreError } from '../errors.ts'
import { isRecord } from '../records/valid.ts'
import type { StoredTrace } from '../store.ts'
import { namedCall } from './call-sources.ts'

/** What somebody thinks of a span: a score, a label, or both. */
export interface Judgement {
  /** What is judged, such as `helpful`. */
  readonly name: string
  /** Higher is better. */
  readonly score?: number | null | undefined
  readonly label?: string | null | undefined
  /** Default `human`. */
  readonly evaluator?: 'human' | 'model' | 'code' | undefined
  /** Why. It is kept as it is given: what may hold personal data passes a redactor first. */
  readonly explanation?: string | null | undefined
}

/**
 * A judgement as a line of the format: of the span that an id names, of a trace or an answer the call that gave it;
 * undefined where there is none. Throws `STORE_OPTION_INVALID`.
 */
export function evaluationOf(
  trace: StoredTrace,
  target: string,
  judgement: Judgement,
): EventTypes['evaluation'] | undefined {
  checkJudgement(judgement)
  const about = namedSpan(trace, target) ?? namedCall(trace, target)
  if (about === undefined) return undefined
  const { name, score, label, evaluator = 'human', explanation } = judgement
  const line = {
    ...{ level: 30, time: Date.now(), recount: 1, event: 'evaluation' },
    ...{ trace_id: trace.trace_id, span_id: about.span_id },
    ...(trace.tenant_id === null ? {} : { tenant_id: trace.tenant_id }),
    ...{ name, ...said({ score, label }), evaluator, ...said({ explanation }), msg: 'evaluation' },
  } as unknown as EventTypes['evaluation']
  if (!isRecord(line)) throw invalid('Expected a judgement that is a valid `evaluation` line')
  return line
}

function checkJudgement({ name, score, label, evaluator, explanation }: Judgement): void {
  if (typeof name !== 'string' || name.trim() === '')
    throw invalid('Expected `name` to say what is judged')
  if (!isNone(score) && !Number.isFinite(score))
    throw invalid(`Expected \`score\` to be a finite number, got ${String(score)}`)
  if (isNone(score) && isNone(label))
    throw invalid('Expected a `score`, a `label`, or both; got neither')
  for (const [key, text] of Object.entries({ label, explanation }))
    if (!isNone(text) && typeof text !== 'string') throw invalid(`Expected \`${key}\` to be a text`)
  if (evaluator !== undefined && !['human', 'model', 'code'].includes(evaluator))
    throw invalid(`Expected \`evaluator\` to be human, model or code, got ${String(evaluator)}`)
}

function invalid(message: string): StoreError {
  return new StoreError('STORE_OPTION_INVALID', message)
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function said(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isNone(value)))
}

/** A span of any kind, by its id or the beginning of it. */
function namedSpan({ records, trace_id }: StoredTrace, target: string): AnyRecord | undefined {
  const plain = target.toLowerCase().replaceAll('-', '')
  if (plain === '' || trace_id.startsWith(plain)) return undefined
  return records.find((record) => !isAbout(record) && record.span_id?.startsWith(plain) === true)
}

function isAbout({ event }: AnyRecord): boolean {
  return event === 'user_action' || event === 'evaluation' || event === 'content'
}

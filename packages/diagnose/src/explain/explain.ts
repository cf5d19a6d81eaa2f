import { blameAnswers } from './answers.ts'
import { blameCalls } from './calls.ts'
import { type Facts, factsOf, type TraceData } from './facts.ts'
import { blameChanges } from './regression.ts'
import { blameRetrievals } from './retrievals.ts'
import { blameTools } from './tools.ts'
import { PARTS, type Verdict } from './verdict.ts'

/** Which part of a trace failed. */
export interface TraceExplanation {
  readonly trace_id: string
  /** The part that failed first; null where the record does not tell. */
  readonly blame: Verdict | null
  /** All verdicts, in the order of cause and effect; what comes after the first is often its consequence. */
  readonly verdicts: readonly Verdict[]
  /** What was not recorded, and could have told more. */
  readonly missing: readonly string[]
}

/** What else is known. */
export interface ExplainOptions {
  /** The last trace of the same kind that went well. */
  readonly sibling?: TraceData | undefined
  /** Ids of sources that the answer needs. */
  readonly needed?: readonly string[]
  /** Data of a tool that is older than this is old, milliseconds; default a day. */
  readonly staleAfterMs?: number
}

const DAY = 86_400_000
/** What is as clear as this comes before what is only likely, whatever came first. */
const CLEAR = 0.8

/** Explains an answer that was wrong: which part failed, by what the record says; where it says nothing, it says that. */
export function explain(trace: TraceData, options: ExplainOptions = {}): TraceExplanation {
  const { sibling, needed = [], staleAfterMs = DAY } = options
  const facts = factsOf(trace)
  const verdicts = [
    ...blameCalls(facts),
    ...blameRetrievals(facts, needed),
    ...blameTools(facts, staleAfterMs),
    ...blameAnswers(facts),
    ...(sibling === undefined ? [] : blameChanges(facts, factsOf(sibling))),
  ].sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || b.confidence - a.confidence)
  return {
    trace_id: facts.trace_id,
    blame: verdicts.find(({ confidence }) => confidence >= CLEAR) ?? verdicts[0] ?? null,
    verdicts,
    missing: missingIn(facts, sibling !== undefined),
  }
}

function missingIn({ calls, tools, retrievals, verdicts }: Facts, hasSibling: boolean): string[] {
  const lacks = [
    [calls.length === 0, 'no model call is recorded'],
    [
      calls.some(({ content }) => !hasAnswer(content)),
      'what the model said was not kept (content is closed)',
    ],
    [
      tools.some(({ content }) => !content.has('tool_result')),
      'what tools returned was not kept (content is closed)',
    ],
    [
      verdicts.length === 0,
      'no validation is recorded: log.validate tells what was parsed and which rule failed',
    ],
    [
      retrievals.some(({ record }) => record.chunks.some((chunk) => chunk.source_id === undefined)),
      'retrieved chunks have no source_id',
    ],
    [!hasSibling, 'there is no good trace to compare with (--sibling)'],
  ] as const
  return lacks.flatMap(([isMissing, what]) => (isMissing ? [what] : []))
}

function hasAnswer(content: Facts['calls'][number]['content']): boolean {
  return content.has('output') || content.has('raw_response')
}

import type { ContentPart } from '@recount/record'
import { blameAnswers } from './answers.ts'
import { blameCalls } from './calls.ts'
import { type Facts, factsOf, type TraceData } from './facts.ts'
import { blameFinals } from './finals.ts'
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
  /** The same by the name that the command has. */
  readonly needs?: readonly string[]
  /** Data of a tool that is older than this is old, milliseconds; default a day. */
  readonly staleAfterMs?: number
}

const DAY = 86_400_000
/** What is proven comes before what is clear, and that before what is only likely, whatever came first. */
const PROVEN = 0.95
const CLEAR = 0.8

/**
 * Explains an answer that was wrong: which part failed, by what the record says; where it says nothing, it says that. Takes
 * any lines, and leaves out what is no record; never throws.
 */
export function explain(trace: TraceData, options: ExplainOptions = {}): TraceExplanation {
  const { sibling, needs, needed = needs, staleAfterMs = DAY } = options ?? {}
  const facts = factsOf(trace)
  const sources = Array.isArray(needed) ? needed : []
  const verdicts = [
    ...safely(() => blameCalls(facts)),
    ...safely(() => blameRetrievals(facts, sources)),
    ...safely(() => blameTools(facts, staleAfterMs)),
    ...safely(() => blameAnswers(facts)),
    ...safely(() => blameFinals(facts)),
    ...(sibling === undefined ? [] : safely(() => blameChanges(facts, factsOf(sibling)))),
  ].sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || b.confidence - a.confidence)
  return {
    trace_id: facts.trace_id,
    blame: [PROVEN, CLEAR, 0].flatMap((least) => firstOf(verdicts, least) ?? []).at(0) ?? null,
    verdicts,
    missing: [...safely(() => missingIn(facts, sibling !== undefined))],
  }
}

function firstOf(verdicts: readonly Verdict[], least: number): Verdict | undefined {
  return verdicts.find(({ confidence }) => confidence >= least)
}

/** Records may have been written by anybody: one that cannot be read proves nothing. */
function safely<T>(look: () => T[]): T[] {
  try {
    return look()
  } catch {
    return []
  }
}

function missingIn({ calls, tools, retrievals, verdicts }: Facts, hasSibling: boolean): string[] {
  const lacks = [
    [calls.length === 0, 'no model call is recorded'],
    [
      calls.some((call) => !hasAnswer(call) && !isReferred(call, 'output')),
      'what the model said was not kept (content is closed)',
    ],
    [
      calls.some((call) => !hasAnswer(call) && isReferred(call, 'output')),
      'what the model said is in content files that were not read',
    ],
    [
      tools.some((tool) => lacksResult(tool) && !isReferred(tool, 'tool_result')),
      'what tools returned was not kept (content is closed)',
    ],
    [
      tools.some((tool) => lacksResult(tool) && isReferred(tool, 'tool_result')),
      'what tools returned is in content files that were not read',
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

/** A call that failed has said nothing that could have been kept. */
function hasAnswer({ content, record }: Facts['calls'][number]): boolean {
  if (record.status === 'error') return true
  return content.has('output') || content.has('raw_response')
}

function lacksResult({ content, record }: Facts['tools'][number]): boolean {
  return record.status !== 'error' && !content.has('tool_result')
}

/** Whether the line says by digest that a part was kept. */
function isReferred({ bytes }: { bytes: ReadonlyMap<ContentPart, number> }, part: ContentPart) {
  return bytes.has(part)
}

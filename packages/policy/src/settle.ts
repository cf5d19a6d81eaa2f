import { type DecisionNode, type Manner, outcomeNode } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Outcome } from './outcome.ts'
import { inShare } from './sampling.ts'

/** An outcome with its decisions: one for each manner in which it can apply, made when first needed. */
export interface Settling {
  readonly outcome: Outcome
  readonly policy: string
  /** Whether anything of it is sampled. */
  readonly samples: boolean
  /** The share that is kept, by manner: all, of calls, of child events. */
  readonly shares: readonly [number, number, number]
  readonly nodes: (DecisionNode | undefined)[]
}

/** An outcome that is ready to settle records. */
export function settling(outcome: Outcome, policy: string): Settling {
  const { content, events, calls } = outcome.sample
  const samples = content < 1 || events < 1 || calls < 1
  return { outcome, policy, samples, shares: [1, calls, events], nodes: [] }
}

/** What the outcome comes to for a record whose ending is known. */
export function settle(from: Settling, facts: Facts): DecisionNode {
  const { threshold } = from.outcome
  if (threshold === Number.POSITIVE_INFINITY) return nodeFor(from, DROPPED)
  if (facts.level !== undefined && facts.level < threshold) return nodeFor(from, DROPPED)
  // Errors and slow calls are always kept, so they carry no rate.
  if (!from.samples || isNotable(facts)) return nodeFor(from, KEPT)
  const manner = sampledManner(from, facts, DROPPED)
  return nodeFor(from, manner !== DROPPED && isBare(from, facts) ? manner + BARE : manner)
}

/** What the outcome comes to at the start: what only the ending can open is held. */
export function settleStart(from: Settling, facts: Facts): DecisionNode {
  const { threshold } = from.outcome
  if (threshold === Number.POSITIVE_INFINITY) return nodeFor(from, DROPPED)
  if ((facts.level ?? START_LEVEL) < threshold) return nodeFor(from, PENDING)
  if (!from.samples) return nodeFor(from, KEPT)
  const manner = sampledManner(from, facts, PENDING)
  return nodeFor(from, manner !== PENDING && isBare(from, facts) ? manner + HELD : manner)
}

/** Whether sampling must not touch it. */
export function isNotable({ status, slow }: Facts): boolean {
  return status === 'error' || status === 'partial' || slow === true
}

/** Events that are parts of a trace and can be left out with it. All others but model calls are never sampled. */
const CHILD_EVENTS: ReadonlySet<string> = new Set([
  'tool_call_started',
  'tool_call',
  'retrieval',
  'step_started',
  'step',
  'validation',
  'content',
])

/** A start line is worth an information. */
const START_LEVEL = 30

// Manners by number: kept whole, with the rate of calls or of child events, each also without content or with it held.
const KEPT = 0
const CALL_RATE = 1
const EVENT_RATE = 2
const BARE = 3
const HELD = 6
const DROPPED = 9
const PENDING = 10

/** Kept, with or without a rate, or `outside` the sample. Without a usable trace id a record is kept. */
function sampledManner({ shares }: Settling, { event, trace_id }: Facts, outside: number): number {
  const manner = rateManner(event)
  const share = shares[manner]
  if (share === 1) return KEPT
  const inside = inShare(trace_id, share)
  if (inside === false) return outside
  return inside === null ? KEPT : manner
}

function rateManner(event: string): 0 | 1 | 2 {
  if (event === 'llm_call' || event === 'llm_call_started') return CALL_RATE
  return CHILD_EVENTS.has(event) ? EVENT_RATE : KEPT
}

/** Whether the record is outside the sample of content; without a usable trace id it is. */
function isBare({ outcome }: Settling, { trace_id }: Facts): boolean {
  const { content } = outcome.sample
  return content < 1 && inShare(trace_id, content) !== true
}

function nodeFor(from: Settling, manner: number): DecisionNode {
  const known = from.nodes[manner]
  if (known !== undefined) return known
  const made = outcomeNode(from.outcome, from.policy, mannerOf(from.outcome, manner))
  from.nodes[manner] = made
  return made
}

function mannerOf({ content, sample }: Outcome, manner: number): Manner {
  if (manner >= DROPPED) {
    const pending = manner === PENDING
    return { keep: false, pending, now: 0, may: pending ? content : 0, sample_rate: undefined }
  }
  const sample_rate = [undefined, sample.calls, sample.events][manner % BARE]
  const now = manner < BARE ? content : 0
  return { keep: true, pending: false, now, may: manner < HELD ? now : content, sample_rate }
}

import type { LevelName } from '@recount/record'
import { beyond, type ContentDegrees, type ContentMask, degreesOf } from './content-mask.ts'
import { type FieldTreatments, strictestFields } from './field-treatments.ts'
import type { Outcome } from './outcome.ts'

/** What a policy says about one record. */
export interface Decision {
  /** The rule that decided; at a start all that may still decide, joined by ` | `. */
  readonly rule: string
  /** Digest of the policy that it comes from; a decision comes from one policy as a whole. */
  readonly policy: string
  /** Whether the record is written. */
  readonly keep: boolean
  /** True only at a start: the ending may keep what is not kept now, or open what is held. */
  readonly open: boolean
  /** Records that earn less are not kept. */
  readonly level: LevelName | 'silent'
  /** How much of each part may be written now. */
  readonly content: ContentDegrees
  /** How much of each part the ending may still open; `none` where it can open nothing more. */
  readonly held: ContentDegrees
  /** The redaction profile. */
  readonly redact: string
  readonly fields: FieldTreatments
  /** Where it goes, by name; `*` is every sink. */
  readonly sinks: readonly string[]
  /** Where it never goes, even by `*`: sinks of other tenants. */
  readonly notSinks: readonly string[]
  /** The share of such records that is kept, where it is less than all: belongs on the line. */
  readonly sample_rate: number | undefined
  /** When the rule ends by itself, epoch milliseconds. */
  readonly until: number | undefined
}

/** Whether a decision lets a record go to a sink. */
export function reaches({ sinks, notSinks }: Decision, sink: string): boolean {
  return (sinks.includes(sink) || sinks.includes('*')) && !notSinks.includes(sink)
}

/** How an outcome applies to one record. */
export interface Manner {
  readonly keep: boolean
  /** The ending may still keep it. */
  readonly pending: boolean
  /** Content that may be written now. */
  readonly now: ContentMask
  /** Content that may be written now or after the ending. */
  readonly may: ContentMask
  readonly sample_rate: number | undefined
}

/** A decision, and the decisions that were made of it: each is made once, so that deciding makes no objects. */
export interface DecisionNode {
  readonly decision: Decision
  readonly now: ContentMask
  readonly may: ContentMask
  /** True where the ending may still keep the record itself. */
  readonly pending: boolean
  /** How strict the redaction profile is, in the order of the known ones. */
  readonly strictness: number
  readonly lowered: Map<ContentMask, DecisionNode>
  readonly merged: Map<DecisionNode, DecisionNode>
}

/** Bounds what callers' different asks can make us remember. */
const MAX_REMEMBERED = 500

/** The decision that an outcome comes to in a manner. */
export function outcomeNode(outcome: Outcome, policy: string, manner: Manner): DecisionNode {
  const { rule, level, redact, fields, sinks, notSinks, until, strictness } = outcome
  const { keep, sample_rate } = manner
  const decision = {
    rule,
    policy,
    keep,
    level,
    redact,
    fields,
    sinks,
    notSinks,
    sample_rate,
    until,
  }
  return node({ decision, strictness, ...manner })
}

/** The same decision with no more content than was asked for. */
export function loweredNode(from: DecisionNode, mask: ContentMask): DecisionNode {
  if ((from.may & mask) === from.may) return from
  const known = from.lowered.get(mask)
  if (known !== undefined) return known
  const lowered = node({ ...from, now: from.now & mask, may: from.may & mask })
  if (from.lowered.size < MAX_REMEMBERED) from.lowered.set(mask, lowered)
  return lowered
}

/** What holds while either of two may decide: nothing that one of them forbids; what one allows is held. */
export function mergedNode(one: DecisionNode, other: DecisionNode): DecisionNode {
  if (one === other) return one
  const known = one.merged.get(other)
  if (known !== undefined) return known
  const merged = merge(one, other)
  if (one.merged.size < MAX_REMEMBERED) one.merged.set(other, merged)
  return merged
}

function merge(one: DecisionNode, other: DecisionNode): DecisionNode {
  const a = one.decision
  const b = other.decision
  const sinks = commonSinks(a.sinks, b.sinks)
  const keep =
    a.keep && b.keep && (sinks.length > 0 || (a.sinks.length === 0 && b.sinks.length === 0))
  // Content that was written in the wrong profile or to the wrong sink cannot be taken back: it waits for the ending.
  const agree = a.redact === b.redact && sameNames(a.sinks, b.sinks)
  const decision = {
    ...b,
    rule: `${a.rule} | ${b.rule}`,
    keep,
    redact: one.strictness > other.strictness ? a.redact : b.redact,
    fields: strictestFields(a.fields, b.fields),
    sinks,
    notSinks: [...new Set([...a.notSinks, ...b.notSinks])],
    sample_rate: a.sample_rate === b.sample_rate ? a.sample_rate : undefined,
  }
  return node({
    decision,
    now: keep && agree ? one.now & other.now : 0,
    may: one.may | other.may,
    pending: !keep && (a.keep || b.keep || one.pending || other.pending),
    strictness: Math.max(one.strictness, other.strictness),
  })
}

interface NodeParts extends Pick<DecisionNode, 'now' | 'may' | 'pending' | 'strictness'> {
  readonly decision: Omit<Decision, 'content' | 'held' | 'open'>
}

function node({ decision, now, may, pending, strictness }: NodeParts): DecisionNode {
  const open = pending || now !== may
  const content = degreesOf(now)
  const held = degreesOf(beyond(may, now))
  return {
    decision: Object.freeze({ ...decision, open, content, held }),
    now,
    may,
    pending,
    strictness,
    lowered: new Map(),
    merged: new Map(),
  }
}

function commonSinks(one: readonly string[], other: readonly string[]): readonly string[] {
  if (one.includes('*')) return other
  return other.includes('*') ? one : one.filter((name) => other.includes(name))
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name))
}

import {
  type CompiledPolicy,
  type ContentDegree,
  ceilingPolicy,
  compilePolicy,
  type Decision,
  type Facts,
} from '@recount/policy'
import { CONTENT_PARTS, type ContentPart } from '@recount/record'
import {
  askedFor,
  type Captures,
  type ContentAsk,
  type ContentPlace,
  conversationParts,
  flagsAsk,
} from './captures.ts'
import type { Environment } from './environment.ts'

/** A policy as the logger asks it: compiled, or one that changes with its file. */
export type DecidingPolicy = Pick<CompiledPolicy, 'decide' | 'decideStart'>

/** What somebody asks of a span's content: the span's own wish, and that of the workflow around it. */
export interface Wishes {
  readonly call: ContentAsk | undefined
  readonly workflow: boolean | undefined
}

/** Decides what is kept of each record. */
export interface Decisions {
  /** Before the ending is known: what the ending may change is held. */
  start(facts: Facts, wishes: Wishes): Decision
  /** When the ending is known, or for what has none. */
  end(facts: Facts, wishes: Wishes): Decision
  /** Whether a start line may be written, for policies that have rules about start lines. */
  keepsStart(facts: Facts, event: string, level: number): boolean
  /** The parts that a conversation file holds under a decision that was made for it. */
  conversation(facts: Facts, wishes: Wishes): readonly ContentPart[]
  /** Whether the text of a part could be kept of a record if it were asked for. */
  mayKeep(facts: Facts, part: ContentPart): boolean
  /** Where content goes. */
  readonly place: ContentPlace
  /** Whether there is a policy of the user's. */
  readonly hasPolicy: boolean
  captures(facts: Facts, wishes: Wishes): Captures
}

/** How much of a part is written. Uploads are described, never kept, so where a digest is allowed the description is a line. */
export function writtenDegree(part: ContentPart, degree: ContentDegree): ContentDegree {
  return part === 'files' && degree === 'digest' ? 'text' : degree
}

/** What decisions are made from. */
export interface DecisionSettings {
  readonly environment: Environment
  /** The `content` option. */
  readonly option: ContentPlace | 'off' | undefined
  /** The output is for people to read (`LLM_DEBUG` on standard output): content belongs into it. */
  readonly readable: boolean
  /** The user's policy; without one metadata only in production, elsewhere text where something asks for it. */
  readonly policy: DecidingPolicy | undefined
}

/** The ceiling comes first: the policy, or what holds without one. Under it the first that speaks decides, and can only ask for less. */
export function createDecisions(settings: DecisionSettings): Decisions {
  const { environment, option, readable } = settings
  const closed = environment.production && !environment.debugInProduction
  const policy = settings.policy ?? compilePolicy(ceilingPolicy(closed))
  const hasPolicy = settings.policy !== undefined
  const flags = flagsAsk(environment)
  const place = option === 'inline' || (readable && option === undefined) ? 'inline' : 'files'
  const asked = ({ call, workflow }: Wishes) => askedFor(option, flags, call, workflow)

  function conversation(facts: Facts, wishes: Wishes): readonly ContentPart[] {
    const parts = conversationParts(environment, asked(wishes))
    if (parts.length === 0) return parts
    const { content, held } = policy.decideStart(facts, true)
    return parts.filter((part) => content[part] === 'text' || held[part] === 'text')
  }

  return {
    place,
    hasPolicy,
    conversation,
    mayKeep(facts, part) {
      const { content, held } = policy.decideStart(facts, true)
      return content[part] === 'text' || held[part] === 'text'
    },
    start: (facts, wishes) => policy.decideStart(facts, asked(wishes).ask),
    end: (facts, wishes) => policy.decide(facts, asked(wishes).ask),
    keepsStart: (facts, event, level) =>
      !hasPolicy || policy.decideStart({ ...facts, event, level }).keep,
    captures(facts, wishes) {
      const { ask, by } = asked(wishes)
      const decision = policy.decideStart(facts, ask)
      const withDegree = (degree: string, degrees = decision.content): readonly ContentPart[] =>
        CONTENT_PARTS.filter((part) => writtenDegree(part, degrees[part]) === degree)
      return {
        parts: withDegree('text'),
        digests: withDegree('digest'),
        held: withDegree('text', decision.held),
        place,
        conversations: conversation(facts, wishes),
        rule: hasPolicy ? decision.rule : closed ? 'production' : by,
        asked: ask === undefined ? undefined : by,
      }
    },
  }
}

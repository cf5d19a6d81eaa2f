import { LEVELS, type LevelName } from '@recount/record'
import type { Facts } from './facts.ts'

/** Facts that count for the level beside those that rules ask for. */
export interface LevelFacts extends Facts {
  /** It repeats a failed attempt. */
  readonly retry?: boolean | undefined
  /** It replaces a failed call to another model or provider. */
  readonly fallback?: boolean | undefined
  /** What a validation found. */
  readonly passed?: boolean | undefined
  /** What failed its validation was shown or used. */
  readonly reached_user?: boolean | undefined
  /** Something that concerns more than one call. */
  readonly incident?: Incident | undefined
}

/** What pages somebody. */
export type Incident = 'providers_down' | 'budget_exceeded' | 'pipeline_broken' | 'audit_unwritable'

/** Why a record earns a level. */
export interface LevelReason {
  readonly level: LevelName
  readonly reason: string
  readonly holds: (facts: LevelFacts, nearLimit: number) => boolean
}

/** What earns which level, the worst first. What earns none of these is `info`, and steps are `debug`. */
export const LEVEL_REASONS: readonly LevelReason[] = [
  incident('providers_down', 'all providers are down'),
  incident('budget_exceeded', 'a cost budget is exceeded'),
  incident('pipeline_broken', 'the data pipeline is broken'),
  incident('audit_unwritable', 'the audit log cannot be written'),
  {
    level: 'error',
    reason: 'failed',
    holds: ({ status }) => status === 'error' || status === 'partial',
  },
  {
    level: 'error',
    reason: 'content filter',
    holds: ({ finish_reason }) => finish_reason === 'content_filter',
  },
  {
    level: 'error',
    reason: 'an invalid answer reached the user',
    holds: ({ passed, reached_user }) => passed === false && reached_user === true,
  },
  { level: 'warn', reason: 'validation failed', holds: ({ passed }) => passed === false },
  {
    level: 'warn',
    reason: 'retry',
    holds: ({ attempt = 1, retry = false }) => retry || attempt > 1,
  },
  { level: 'warn', reason: 'fallback', holds: ({ fallback }) => fallback === true },
  { level: 'warn', reason: 'slow', holds: ({ slow }) => slow === true },
  {
    level: 'warn',
    reason: 'context window nearly full',
    holds: ({ context_share = 0 }, nearLimit) => context_share > nearLimit,
  },
]

/** The level that a record earned, and all that earned it. `nearLimit` is a share of the context window, default 0.8. */
export function earnedLevel(
  facts: LevelFacts,
  { nearLimit = 0.8 }: { nearLimit?: number } = {},
): { level: LevelName; reasons: string[] } {
  const held = LEVEL_REASONS.filter(({ holds }) => holds(facts, nearLimit))
  const level = held[0]?.level ?? (STEPS.includes(facts.event) ? 'debug' : 'info')
  return { level, reasons: held.map(({ reason }) => reason) }
}

/** The same without the reasons: pino's number of the level. */
export function earnedLevelNumber(facts: LevelFacts, nearLimit = 0.8): number {
  for (const { level, holds } of LEVEL_REASONS) if (holds(facts, nearLimit)) return LEVELS[level]
  return STEPS.includes(facts.event) ? LEVELS.debug : LEVELS.info
}

const STEPS: readonly string[] = ['step_started', 'step', 'content']

function incident(kind: Incident, reason: string): LevelReason {
  return { level: 'fatal', reason, holds: (facts) => facts.incident === kind }
}

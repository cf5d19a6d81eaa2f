import { earnedLevelNumber, type Facts, type LevelFacts } from '@recount/policy'
import type { FinishReason, Status } from '@recount/record'

type SubjectFacts = Pick<Facts, 'event' | 'provider' | 'model' | 'prompt' | 'attempt'>

/** What a call came to, as it stands on its line. */
export type Outcome = Record<string, unknown>

/** What is known before the call. */
export function subjectFacts({
  provider,
  model,
  prompt,
  attempt,
}: Record<string, unknown>): SubjectFacts {
  return {
    event: 'llm_call',
    provider: provider as string,
    model: model as string,
    prompt: (prompt as { name: string } | undefined)?.name,
    attempt: attempt as number | undefined,
  }
}

/** How a call ended, as far as the logger measures it. */
export interface Ending {
  readonly status: Status
  readonly duration_ms: number
  readonly slow: boolean
}

/** All that is known of a call that has ended, with the level that it earned. One literal: to spread objects of many keys costs more than the rest of a call. */
export function endedFacts(
  start: Facts,
  subject: Readonly<Record<string, unknown>>,
  outcome: Outcome,
  { status, duration_ms, slow }: Ending,
): Facts {
  const window = outcome.context_window as { used?: number } | undefined
  const facts: Changeable<LevelFacts> = {
    event: start.event,
    trace_id: start.trace_id,
    provider: start.provider,
    model: start.model,
    tenant: start.tenant,
    user: start.user,
    step: start.step,
    prompt: start.prompt,
    environment: start.environment,
    consent: start.consent,
    attempt: start.attempt,
    status,
    finish_reason: outcome.finish_reason as FinishReason | null | undefined,
    duration_ms,
    ttft_ms: outcome.ttft_ms as number | null | undefined,
    input_tokens: outcome.input_tokens as number | null | undefined,
    output_tokens: outcome.output_tokens as number | null | undefined,
    context_share: window?.used,
    cost_usd: outcome.cost_usd as number | null | undefined,
    slow,
    level: undefined,
    retry: subject.retry_of !== undefined,
    fallback: subject.fallback_of !== undefined,
  }
  facts.level = earnedLevelNumber(facts)
  return facts
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Whole nano-dollars, so that sums are exact. */
export function roundCost(fields: Record<string, unknown>): void {
  if (typeof fields.cost_usd === 'number') fields.cost_usd = Math.round(fields.cost_usd * 1e9) / 1e9
}

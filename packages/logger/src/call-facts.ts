import type { Facts } from '@recount/policy'

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

/** What makes a call earn a warning because another one failed before it. */
export function againFacts({ retry_of, fallback_of }: Record<string, unknown>): object {
  return { retry: retry_of !== undefined, fallback: fallback_of !== undefined }
}

/** What the ending adds. */
export function endingFacts(
  outcome: Outcome,
  ending: Pick<Facts, 'status' | 'duration_ms' | 'slow'>,
): Partial<Facts> {
  const { finish_reason, ttft_ms, input_tokens, output_tokens, context_window, cost_usd } = outcome
  const { used } = (context_window ?? {}) as { used?: number }
  const facts = { finish_reason, ttft_ms, input_tokens, output_tokens, cost_usd }
  return { ...(facts as Partial<Facts>), context_share: used, ...ending }
}

/** Whole nano-dollars, so that sums are exact. */
export function roundCost(fields: Record<string, unknown>): void {
  if (typeof fields.cost_usd === 'number') fields.cost_usd = Math.round(fields.cost_usd * 1e9) / 1e9
}

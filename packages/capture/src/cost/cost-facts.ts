import type { LlmResult } from '@recount/logger'
import type { AnswerFacts, RequestFacts } from '../provider.ts'
import type { Pricer } from './call-price.ts'

/** A call whose answer is there, as far as it came. */
export interface AnsweredCall {
  /** OpenTelemetry's provider name. */
  readonly provider: string
  readonly request: RequestFacts
  /** The answer, with token counts estimated where the provider gave none. */
  readonly facts: AnswerFacts
  /** When the call was made, epoch milliseconds. */
  readonly time: number
}

/** What a call costs and how full the model's window was; empty where nothing was answered. */
export function costFacts(
  { provider, request, facts, time }: AnsweredCall,
  price: Pricer,
): LlmResult {
  const isAnswered = typeof facts.input_tokens === 'number' || facts.output !== undefined
  if (!isAnswered && facts.billed === undefined) return {}
  // Whoever read the answer knows why it has no counts.
  if (facts.cost_reason !== undefined && typeof facts.input_tokens !== 'number')
    return { cost_usd: null, cost_source: 'unknown', cost_reason: facts.cost_reason }
  const { price: found, window } = price({
    ...facts,
    provider,
    model: request.model,
    time,
    service_tier: facts.service_tier ?? askedTier(request),
    provider_cost_usd: facts.cost_source === 'provider' ? (facts.cost_usd ?? undefined) : undefined,
  })
  return { ...found, ...windowFacts(request, facts, window) }
}

/** What was asked for holds where the answer does not say what served it. */
function askedTier({ params }: RequestFacts): string | undefined {
  const tier = params.service_tier
  return typeof tier === 'string' ? tier : undefined
}

function windowFacts(
  { input }: RequestFacts,
  { input_tokens, usage_source }: AnswerFacts,
  limit: number | undefined,
): LlmResult {
  const messages = Array.isArray(input) ? { messages: input.length } : {}
  if (limit === undefined || typeof input_tokens !== 'number') return {}
  const estimated = usage_source === 'estimated' ? { tokens_estimated: input_tokens } : {}
  const used = Math.round((input_tokens / limit) * 10_000) / 10_000
  return { context_window: { ...messages, ...estimated, limit, used } }
}

import type { LlmResult } from '@recount/logger'
import { costFacts } from './cost/cost-facts.ts'
import { estimatedUsage } from './estimate.ts'
import type { ResolvedOptions } from './options.ts'
import type { AnswerFacts, RequestFacts } from './provider.ts'
import { safely } from './safely.ts'
import { withShortNames } from './short-names.ts'

/** A call whose answer is there, as far as it came. */
export interface AnsweredCall {
  readonly options: ResolvedOptions
  /** OpenTelemetry's provider name. */
  readonly provider: string
  readonly request: RequestFacts
  readonly facts: AnswerFacts
  /** When the call was made, epoch milliseconds: prices change. */
  readonly time: number
  /** The answer was cut or stopped: what was counted of it by then is too little. */
  readonly isCut: boolean
}

/** What a call came to, as the logger takes it: what the provider says, tokens estimated where it counts none, cost, and tools. */
export function callResult(call: AnsweredCall): LlmResult {
  const { options, provider, request, time, isCut } = call
  const facts = withShortNames(call.facts)
  const { failure: _, response_id: __, ...said } = facts
  const counted = typeof said.output_tokens === 'number' || typeof said.input_tokens === 'number'
  const usage = {
    ...(counted && { usage_source: 'provider' as const }),
    ...safely(() => estimatedUsage(request, facts, isCut)),
  }
  const answered = { ...facts, ...usage }
  return {
    ...said,
    ...usage,
    ...safely(() => costFacts({ provider, request, facts: answered, time }, options.price)),
    ...toolFacts(request, said),
  }
}

function toolFacts({ tools }: RequestFacts, { tools: used }: LlmResult): Pick<LlmResult, 'tools'> {
  const offered = Array.isArray(tools) && tools.length > 0 ? { offered: tools.length } : undefined
  return offered === undefined && used === undefined ? {} : { tools: { ...offered, ...used } }
}

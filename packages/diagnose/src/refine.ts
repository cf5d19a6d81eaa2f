import type { Retryable } from './categories.ts'
import type { Decision } from './decide.ts'

/** A decision, and what arithmetic and context say of it. */
export interface Refined extends Decision {
  readonly retryable?: Retryable
  /** Whether it may be an error of something else: nothing tells of a model. */
  readonly isDoubtful?: boolean
}

/** Rules that hold for what any parser or validator says. */
const OF_PARSING: ReadonlySet<string> = new Set([
  'ai-sdk.type-validation',
  'ai-sdk.no-object-parse',
  'client.schema-output',
  'client.pydantic',
])

/** What rules cannot say because it needs arithmetic. */
export function refined(decision: Decision): Refined {
  const { category, text } = decision
  if (category === 'rate_limit' || category === 'request_over_tpm_limit') {
    const [, limit, requested] = /\blimit:? (\d+)\b.{0,40}\brequested:? (\d+)\b/.exec(text) ?? []
    if (limit !== undefined && requested !== undefined) {
      // What is larger than a whole minute's allowance never fits; all else does, later.
      const fits = Number(requested) <= Number(limit)
      return { ...decision, category: fits ? 'rate_limit' : 'request_over_tpm_limit' }
    }
  }
  // Settings, files and requests are parsed and validated as well, by the same libraries.
  if (OF_PARSING.has(decision.match?.rule.id ?? '') && !decision.origin.isOfModel)
    return { ...decision, retryable: 'unknown', isDoubtful: true }
  const isQuota = category === 'quota_exhausted' || category === 'rate_limit'
  // Gemini: no allowance at all on this tier.
  if (isQuota && /\blimit: 0\b/.test(text))
    return { ...decision, category: 'quota_exhausted', retryable: 'after_change' }
  return decision
}

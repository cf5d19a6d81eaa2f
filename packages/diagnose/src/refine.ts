import type { Retryable } from './categories.ts'
import type { Decision } from './decide.ts'

/** What rules cannot say because it needs arithmetic. */
export function refined(decision: Decision): Decision & { retryable?: Retryable } {
  const { category, text } = decision
  if (category === 'rate_limit' || category === 'request_over_tpm_limit') {
    const [, limit, requested] = /\blimit:? (\d+)\b.{0,40}\brequested:? (\d+)\b/.exec(text) ?? []
    if (limit !== undefined && requested !== undefined) {
      // What is larger than a whole minute's allowance never fits; all else does, later.
      const fits = Number(requested) <= Number(limit)
      return { ...decision, category: fits ? 'rate_limit' : 'request_over_tpm_limit' }
    }
  }
  const isQuota = category === 'quota_exhausted' || category === 'rate_limit'
  // Gemini: no allowance at all on this tier.
  if (isQuota && /\blimit: 0\b/.test(text))
    return { ...decision, category: 'quota_exhausted', retryable: 'after_change' }
  return decision
}

import type { LlmResult } from '@recount/logger'
import { defined } from './json-values.ts'

/** Where providers put the id of a request, likeliest first; before those of all, each provider's own. */
const OWN_IDS: Readonly<Record<string, string>> = {
  anthropic: 'request-id',
  'aws.bedrock': 'x-amzn-requestid',
  'azure.ai.openai': 'apim-request-id',
  'azure.ai.inference': 'apim-request-id',
}
const REQUEST_IDS = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'x-ms-request-id',
  'x-correlation-id',
  'mistral-correlation-id',
  'x-goog-request-id',
  'x-cloud-trace-context',
  'x-debug-trace-id',
  'cf-ray',
]
/** How the names of rate-limit headers begin. */
const LIMITS = ['x-ratelimit-', 'anthropic-ratelimit-', 'ratelimit-', 'ratelimit', 'retry-after']
const WHOLE_NUMBER = /^\d{1,15}$/
const MAX_LIMITS = 40
const MAX_TEXT = 256

/** What headers say of a call. */
export type HeaderFacts = Pick<LlmResult, 'provider_request_id' | 'rate_limit'>

/** Request id and rate limits, as any provider sends them; numbers are numbers. */
export function headerFacts(headers: Headers, provider: string): HeaderFacts {
  const own = Object.hasOwn(OWN_IDS, provider) ? OWN_IDS[provider] : undefined
  const names = own === undefined ? REQUEST_IDS : [own, ...REQUEST_IDS]
  const id = names.map((name) => headers.get(name)).find((value) => value)
  const limits: Record<string, string | number> = {}
  let found = 0
  headers.forEach((value, name) => {
    if (found >= MAX_LIMITS || !LIMITS.some((begin) => name.startsWith(begin))) return
    limits[name] = WHOLE_NUMBER.test(value) ? Number(value) : value.slice(0, MAX_TEXT)
    found += 1
  })
  return defined({
    provider_request_id: id?.slice(0, MAX_TEXT),
    rate_limit: found === 0 ? undefined : limits,
  })
}

import type { Facts } from './facts.ts'
import { namePattern } from './pattern.ts'
import type { Bounds, When } from './policy.ts'
import { inSeededShare, seedOf } from './sampling.ts'

/** One key of a `when`, compiled. */
export interface Condition {
  readonly key: string
  /** True where only the ending of a call can tell. */
  readonly atEnd: boolean
  /** What was asked for, as the policy says it. */
  readonly expected: unknown
  readonly holds: (facts: Facts) => boolean
  /** What the fact is; for explanations. */
  readonly actual: (facts: Facts) => unknown
}

const END_KEYS: readonly (keyof When)[] = [
  'status',
  'finish_reason',
  'duration_ms',
  'ttft_ms',
  'input_tokens',
  'output_tokens',
  'tokens',
  'context_share',
  'cost_usd',
  'slow',
]

/** Whether all hold, as one function. */
export function allHold(conditions: readonly Condition[]): (facts: Facts) => boolean {
  const [first, second, ...others] = conditions.map(({ holds }) => holds)
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (others.length === 0) return (facts) => first(facts) && second(facts)
  const rest = allHold(conditions.slice(2))
  return (facts) => first(facts) && second(facts) && rest(facts)
}

/** The conditions of a rule, in the order in which the policy has them. The rule's name seeds its share. */
export function compileWhen(when: When, rule: string): Condition[] {
  return Object.entries(when).map(([name, expected]) => {
    const key = name as keyof When
    const actual = ACTUAL[key] ?? ((facts: Facts) => facts[key as keyof Facts])
    const holds = compileKey(key, expected as never, rule)
    return { key, expected, atEnd: END_KEYS.includes(key), holds, actual }
  })
}

const ACTUAL: { readonly [key in keyof When]?: (facts: Facts) => unknown } = {
  tokens: knownTokens,
  share: ({ trace_id }) => trace_id,
}

function compileKey(key: keyof When, expected: never, rule: string): (facts: Facts) => boolean {
  switch (key) {
    case 'share':
      return shareCondition(expected, seedOf(rule))
    case 'slow':
      return ({ slow }) => slow === expected
    case 'consent':
      return consentCondition(asList(expected))
    case 'tokens':
      return boundsCondition(knownTokens, expected)
    case 'attempt':
    case 'duration_ms':
    case 'ttft_ms':
    case 'input_tokens':
    case 'output_tokens':
    case 'context_share':
    case 'cost_usd':
      return boundsCondition(AMOUNTS[key], expected)
    default:
      return nameCondition(key, asList(expected))
  }
}

type NameKey = Exclude<keyof When & keyof Facts, 'slow' | 'consent' | AmountKey>
type AmountKey =
  | 'attempt'
  | 'duration_ms'
  | 'ttft_ms'
  | 'input_tokens'
  | 'output_tokens'
  | 'context_share'
  | 'cost_usd'

// One function a fact: reading a property by a name that varies is several times slower.
const NAMES: { readonly [key in NameKey]: (facts: Facts) => string | null | undefined } = {
  event: ({ event }) => event,
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  tenant: ({ tenant }) => tenant,
  user: ({ user }) => user,
  step: ({ step }) => step,
  prompt: ({ prompt }) => prompt,
  environment: ({ environment }) => environment,
  status: ({ status }) => status,
  finish_reason: ({ finish_reason }) => finish_reason,
}
const AMOUNTS: { readonly [key in AmountKey]: (facts: Facts) => Amount } = {
  attempt: ({ attempt }) => attempt,
  duration_ms: ({ duration_ms }) => duration_ms,
  ttft_ms: ({ ttft_ms }) => ttft_ms,
  input_tokens: ({ input_tokens }) => input_tokens,
  output_tokens: ({ output_tokens }) => output_tokens,
  context_share: ({ context_share }) => context_share,
  cost_usd: ({ cost_usd }) => cost_usd,
}

function nameCondition(key: NameKey, patterns: readonly string[]): (facts: Facts) => boolean {
  const read = NAMES[key]
  const [only] = patterns
  if (patterns.length === 1 && only !== undefined && !/[*!]/.test(only))
    return (facts) => read(facts) === only
  const matches = namePattern(patterns)
  return (facts) => {
    const fact = read(facts)
    return typeof fact === 'string' && matches(fact)
  }
}

/** Every purpose must have been consented to; one with `!` must not. */
function consentCondition(patterns: readonly string[]): (facts: Facts) => boolean {
  const included = patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .map((pattern) => namePattern([pattern]))
  const excluded = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => namePattern([pattern.slice(1)]))
  return ({ consent }) =>
    consent !== undefined &&
    included.every((matches) => consent.some(matches)) &&
    !excluded.some((matches) => consent.some(matches))
}

type Amount = number | null | undefined

function boundsCondition(
  read: (facts: Facts) => Amount,
  expected: number | Bounds,
): (facts: Facts) => boolean {
  if (typeof expected === 'number') return (facts) => read(facts) === expected
  const above = expected['>'] ?? Number.NEGATIVE_INFINITY
  const atLeast = expected['>='] ?? Number.NEGATIVE_INFINITY
  const below = expected['<'] ?? Number.POSITIVE_INFINITY
  const atMost = expected['<='] ?? Number.POSITIVE_INFINITY
  return (facts) => {
    const amount = read(facts)
    if (typeof amount !== 'number') return false
    return amount > above && amount >= atLeast && amount < below && amount <= atMost
  }
}

function shareCondition(share: number, seed: number): (facts: Facts) => boolean {
  return ({ trace_id }) => inSeededShare(trace_id, share, seed) === true
}

function knownTokens({ input_tokens, output_tokens }: Facts): Amount {
  if (typeof input_tokens !== 'number') return output_tokens
  return typeof output_tokens === 'number' ? input_tokens + output_tokens : input_tokens
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

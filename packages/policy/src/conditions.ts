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
    case 'attempt':
    case 'duration_ms':
    case 'ttft_ms':
    case 'input_tokens':
    case 'output_tokens':
    case 'context_share':
    case 'cost_usd':
      return AMOUNTS[key](rangeOf(expected))
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
// Read and compared in one place: a number with a fraction that is handed on takes a new object.
const AMOUNTS: {
  readonly [key in AmountKey | 'tokens']: (range: Range) => (facts: Facts) => boolean
} = {
  attempt: (range) => (facts) => isInside(facts.attempt, range),
  duration_ms: (range) => (facts) => isInside(facts.duration_ms, range),
  ttft_ms: (range) => (facts) => isInside(facts.ttft_ms, range),
  input_tokens: (range) => (facts) => isInside(facts.input_tokens, range),
  output_tokens: (range) => (facts) => isInside(facts.output_tokens, range),
  tokens: (range) => (facts) => isInside(knownTokens(facts), range),
  context_share: (range) => (facts) => isInside(facts.context_share, range),
  cost_usd: (range) => (facts) => isInside(facts.cost_usd, range),
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
  return ({ consent }) => {
    if (consent === undefined) return false
    for (const matches of included) if (!anyMatches(matches, consent)) return false
    for (const matches of excluded) if (anyMatches(matches, consent)) return false
    return true
  }
}

// Loops, here and in patterns: a function given to `some` would be made anew for each rule and record.
function anyMatches(matches: (name: string) => boolean, names: readonly string[]): boolean {
  for (const name of names) if (matches(name)) return true
  return false
}

type Amount = number | null | undefined

interface Range {
  readonly above: number
  readonly atLeast: number
  readonly below: number
  readonly atMost: number
}

function rangeOf(expected: number | Bounds): Range {
  const bounds = typeof expected === 'number' ? { '>=': expected, '<=': expected } : expected
  return {
    above: bounds['>'] ?? Number.NEGATIVE_INFINITY,
    atLeast: bounds['>='] ?? Number.NEGATIVE_INFINITY,
    below: bounds['<'] ?? Number.POSITIVE_INFINITY,
    atMost: bounds['<='] ?? Number.POSITIVE_INFINITY,
  }
}

function isInside(amount: Amount, { above, atLeast, below, atMost }: Range): boolean {
  if (typeof amount !== 'number') return false
  return amount > above && amount >= atLeast && amount < below && amount <= atMost
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

/** What a service tier makes of a price; undefined where that is not public, or not a price for each token. */
export function tierFactor(
  provider: string,
  model: string,
  tier: string | undefined,
): number | undefined {
  const name = tier?.toLowerCase() ?? 'default'
  if (USUAL.has(name)) return 1
  if (name === 'batch') return 0.5
  if (name === 'flex' || name === 'on_demand_flex') return provider === 'groq' ? 1 : 0.5
  if (name !== 'priority' || !provider.startsWith('openai')) return undefined
  return PRIORITY.find(([family]) => family.test(model))?.[1]
}

/** Tiers at the list price: OpenAI, Anthropic, Groq, Google, Bedrock. */
const USUAL: ReadonlySet<string> = new Set([
  'default',
  'auto',
  'standard',
  'standard_only',
  'on_demand',
  'performance',
])

/** OpenAI's priority prices against its standard ones (platform.openai.com/docs/pricing). */
const PRIORITY: readonly (readonly [RegExp, number])[] = [
  [/^gpt-5/, 2],
  [/^gpt-4\.1-nano/, 2],
  [/^gpt-4\.1/, 1.75],
  [/^gpt-4o-mini/, 5 / 3],
  [/^gpt-4o/, 1.7],
  [/^o3/, 1.75],
  [/^o4-mini/, 20 / 11],
]

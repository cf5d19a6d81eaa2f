import { createHash } from 'node:crypto'
import { type CheckedRule, checkPriceRules, type PriceRule } from './price-rule.ts'
import { isInTable, type TableUsage, tablePrice } from './price-table.ts'
import { tierFactor } from './tiers.ts'

/** A call to be priced, in the words of the record. */
export interface PricedCall {
  readonly provider: string
  /** As asked for. */
  readonly model: string
  readonly response_model?: string | undefined
  /** When it was made, epoch milliseconds: prices change. */
  readonly time: number
  readonly input_tokens?: number | null | undefined
  readonly output_tokens?: number | null | undefined
  readonly cache_read_tokens?: number | null | undefined
  readonly cache_write_tokens?: number | null | undefined
  readonly reasoning_tokens?: number | null | undefined
  readonly service_tier?: string | undefined
  readonly billed?: Readonly<Record<string, unknown>> | undefined
  /** US dollars, where the provider itself has said them. */
  readonly provider_cost_usd?: number | undefined
}

/** What a call costs, in the words of the record; unknown is `null` with the reason. */
export interface CallPrice {
  /** Whole nano-dollars: at most nine decimals. */
  readonly cost_usd: number | null
  readonly cost_source: 'table' | 'override' | 'provider' | 'unknown'
  readonly price_version?: string
  readonly cost_reason?: string
}

/** A price, and the model's window in tokens where that is known. */
export interface PricedModel {
  readonly price: CallPrice
  readonly window: number | undefined
}

/** Prices a call: by your own prices first, then as the provider says, then by the table as of the call's time. */
export type Pricer = (call: PricedCall) => PricedModel

/** A pricer with prices of your own, a list or `{ prices: […] }`; throws `CAPTURE_OPTION_INVALID`. */
export function createPricer(prices: readonly PriceRule[] | unknown = []): Pricer {
  const rules = checkPriceRules(prices)
  const version = `own-${createHash('sha256').update(JSON.stringify(prices)).digest('hex').slice(0, 12)}`
  return (call) => {
    const usage = usageOf(call)
    const table = tablePriceOf(call, usage ?? {})
    return { price: priceOf(call, usage, { rules, version, table }), window: table?.window }
  }
}

/** What is billed for another model than the one that answered. */
const OTHER_MODEL = 'other_model_tokens'

interface Known {
  readonly rules: readonly CheckedRule[]
  readonly version: string
  readonly table: ReturnType<typeof tablePrice>
}

function priceOf(call: PricedCall, usage: TableUsage | undefined, known: Known): CallPrice {
  const { table } = known
  const isCounted = typeof call.input_tokens === 'number' && typeof call.output_tokens === 'number'
  // Prices of your own are prices of tokens.
  const rule = isCounted ? ruleFor(call, known.rules) : undefined
  if (table?.isFree && rule === undefined) return tableCost(0, table.version)
  if (usage === undefined) return unknown('the provider gave no token counts')
  if (rule === undefined && call.provider_cost_usd !== undefined)
    return { cost_usd: inNanos(call.provider_cost_usd * 1e9), cost_source: 'provider' }
  const flaw = flawOf(call)
  if (flaw !== undefined) return unknown(flaw)
  if (usage[OTHER_MODEL]) return unknown('tokens of another model are among what is paid for')
  const factor = rule?.tier === undefined ? factorOf(call) : 1
  if (factor === undefined) return unknown(`no price is known for the tier ${call.service_tier}`)
  if (rule !== undefined) {
    const nanos = ruleNanos(rule, usage)
    return {
      cost_usd: inNanos(nanos * factor),
      cost_source: 'override',
      price_version: known.version,
    }
  }
  if (table === undefined) return unknown(`the table has no price for ${nameOf(call)}`)
  if (table.usd === undefined)
    return unknown(`the table has no price for what was counted of ${nameOf(call)}`)
  return tableCost(table.usd * 1e9 * factor, table.version)
}

/** The model, where the table has others of its provider. */
function nameOf({ provider, response_model, model }: PricedCall): string {
  if (!isInTable(provider)) return `the provider ${provider}`
  return `the model ${response_model ?? model} of ${provider}`
}

function tableCost(nanos: number, price_version: string): CallPrice {
  return { cost_usd: inNanos(nanos), cost_source: 'table', price_version }
}

/** The model that answered counts before the one asked for, which may be the name of a deployment. */
function tablePriceOf(call: PricedCall, usage: TableUsage): ReturnType<typeof tablePrice> {
  for (const model of modelsOf(call)) {
    const price = tablePrice(call.provider, model, usage, call.time)
    if (price !== undefined) return price
  }
  return undefined
}

function modelsOf({ response_model, model }: PricedCall): string[] {
  return response_model === undefined || response_model === model
    ? [model]
    : [response_model, model]
}

/** Of rules that match: one for the tier before the others, then the latest `from`, then the last. */
function ruleFor(call: PricedCall, rules: readonly CheckedRule[]): PriceRule | undefined {
  let best: CheckedRule | undefined
  for (const checked of rules) {
    if (isFor(call, checked) && (best === undefined || !isBetter(best, checked))) best = checked
  }
  return best?.rule
}

function isFor(call: PricedCall, { rule, model, provider, from }: CheckedRule): boolean {
  if (from > call.time || !provider.test(call.provider)) return false
  if (rule.tier !== undefined && rule.tier !== call.service_tier) return false
  return modelsOf(call).some((name) => model.test(name))
}

function isBetter(one: CheckedRule, other: CheckedRule): boolean {
  const tiers = Number(one.rule.tier !== undefined) - Number(other.rule.tier !== undefined)
  return tiers === 0 ? one.from > other.from : tiers > 0
}

/** Dollars for a million tokens are thousands of nano-dollars for one. */
function ruleNanos(rule: PriceRule, usage: TableUsage): number {
  const {
    input_tokens = 0,
    output_tokens = 0,
    cache_read_tokens = 0,
    cache_write_tokens = 0,
  } = usage
  const fresh = input_tokens - cache_read_tokens - cache_write_tokens
  return (
    1000 *
    (fresh * rule.input +
      cache_read_tokens * (rule.cache_read ?? rule.input) +
      cache_write_tokens * (rule.cache_write ?? rule.input) +
      output_tokens * rule.output)
  )
}

function factorOf(call: PricedCall): number | undefined {
  return tierFactor(call.provider, call.response_model ?? call.model, call.service_tier)
}

/** Buckets must sum: cached tokens are within the input, reasoning within the output. */
function flawOf(call: PricedCall): string | undefined {
  const cached = (call.cache_read_tokens ?? 0) + (call.cache_write_tokens ?? 0)
  if (cached > (call.input_tokens ?? 0)) return 'more cached tokens than input tokens'
  if ((call.reasoning_tokens ?? 0) > (call.output_tokens ?? 0))
    return 'more reasoning tokens than output tokens'
  return undefined
}

/** Counts in the table's words; undefined where nobody counted. One that is missing beside the other is not known, so neither is the price. */
function usageOf(call: PricedCall): TableUsage | undefined {
  const { input_tokens, output_tokens } = call
  if (typeof input_tokens !== 'number' || typeof output_tokens !== 'number') {
    const seconds = call.billed?.audio_seconds
    return typeof seconds === 'number' && seconds > 0 ? { audio_seconds: seconds } : undefined
  }
  const usage: TableUsage = { input_tokens, output_tokens }
  if (call.cache_read_tokens) usage.cache_read_tokens = call.cache_read_tokens
  if (call.cache_write_tokens) usage.cache_write_tokens = call.cache_write_tokens
  if (call.reasoning_tokens) usage.output_reasoning_tokens = call.reasoning_tokens
  for (const [key, count] of Object.entries(call.billed ?? {})) {
    if (typeof count === 'number' && count >= 0) usage[key] = count
  }
  return withinBilled(usage)
}

/** Where less is billed than the model saw, what was cached is not billed apart. */
function withinBilled(usage: TableUsage): TableUsage {
  const { input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0 } = usage
  if (cache_read_tokens + cache_write_tokens <= input_tokens) return usage
  const { cache_read_tokens: _, cache_write_tokens: __, ...rest } = usage
  return rest
}

function unknown(cost_reason: string): CallPrice {
  return { cost_usd: null, cost_source: 'unknown', cost_reason }
}

function inNanos(nanos: number): number {
  return Math.round(nanos) / 1e9
}

import type { CallPrice, Pricer } from '@recount/capture/cost'

/** What was done with the lines of an input. */
export interface RepriceCounts {
  lines: number
  /** Ended model calls. */
  calls: number
  /** Calls whose cost is another one now. */
  changed: number
  /** Of those, calls whose cost was known and is not now, and the other way round. */
  lost: number
  gained: number
  /** Calls without token counts, left as they were. */
  uncounted: number
  /** Calls that were recorded without any cost, as `log.llm` records them, left as they were: what they cost may stand on a call below. */
  without_cost: number
  /** Calls priced by your own prices when they were recorded, left as they were where none are given now. */
  kept: number
  /** Whole nano-dollars of all calls whose cost is known. */
  before_nanos: number
  after_nanos: number
  before_unknown: number
  after_unknown: number
  /** Why costs are unknown now, with the number of calls. */
  reasons: Record<string, number>
}

/** Nothing yet. */
export function noCounts(): RepriceCounts {
  return {
    lines: 0,
    calls: 0,
    changed: 0,
    lost: 0,
    gained: 0,
    uncounted: 0,
    without_cost: 0,
    kept: 0,
    before_nanos: 0,
    after_nanos: 0,
    before_unknown: 0,
    after_unknown: 0,
    reasons: {},
  }
}

const CALL = '"llm_call"'
const COST_KEYS = ['cost_usd', 'cost_source', 'price_version', 'cost_reason'] as const

/** What calls are priced by. */
export interface Repricing {
  readonly price: Pricer
  /** Whether prices of one's own are among it. */
  readonly hasOwnPrices: boolean
}

/** A line with its cost computed again; every other line, and one whose cost stays, as it is to the byte. */
export function repriceLine(line: string, repricing: Repricing, counts: RepriceCounts): string {
  counts.lines += 1
  const record = line.includes(CALL) ? callOf(line) : undefined
  if (record === undefined) return line
  counts.calls += 1
  if (!COST_KEYS.some((key) => record[key] !== undefined)) {
    counts.without_cost += 1
    return line
  }
  const before = costOf(record)
  if (record.cost_source === 'override' && !repricing.hasOwnPrices) {
    counts.kept += 1
    count(counts, before, before, text(record.cost_reason))
    return line
  }
  const found = priceOf(record, repricing.price)
  if (found === undefined) {
    counts.uncounted += 1
    count(counts, before, before, text(record.cost_reason) ?? 'the provider gave no token counts')
    return line
  }
  count(counts, before, found.cost_usd, found.cost_reason)
  if (COST_KEYS.every((key) => record[key] === found[key])) return line
  if (before !== found.cost_usd) counts.changed += 1
  if (before !== null && found.cost_usd === null) counts.lost += 1
  if (before === null && found.cost_usd !== null) counts.gained += 1
  return JSON.stringify(replaced(record, found)) + (line.endsWith('\r') ? '\r' : '')
}

type Call = Record<string, unknown>

function callOf(line: string): Call | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return undefined
    const record = value as Call
    return record.recount === 1 && record.event === 'llm_call' ? record : undefined
  } catch {
    return undefined
  }
}

function priceOf(record: Call, price: Pricer): CallPrice | undefined {
  const billed = isObject(record.billed) ? record.billed : undefined
  const isCounted =
    typeof record.input_tokens === 'number' && typeof record.output_tokens === 'number'
  if (!isCounted && number(billed?.audio_seconds) === undefined) return undefined
  const cost = costOf(record)
  return price({
    provider: text(record.provider) ?? 'unknown',
    model: text(record.model) ?? 'unknown',
    response_model: text(record.response_model),
    time: Number(record.start_time ?? record.time) || 0,
    input_tokens: number(record.input_tokens),
    output_tokens: number(record.output_tokens),
    cache_read_tokens: number(record.cache_read_tokens),
    cache_write_tokens: number(record.cache_write_tokens),
    reasoning_tokens: number(record.reasoning_tokens),
    service_tier: text(record.service_tier) ?? askedTier(record.params),
    billed,
    provider_cost_usd: record.cost_source === 'provider' ? (cost ?? undefined) : undefined,
  }).price
}

/** Older lines do not say what served them; what was asked for is the next best. */
function askedTier(params: unknown): string | undefined {
  return isObject(params) ? text(params.service_tier) : undefined
}

/** The same record with the new cost where the old one stood, or before what closes it. */
function replaced(record: Call, found: CallPrice): Call {
  const changed: Call = {}
  for (const [key, value] of Object.entries(record)) {
    if (key === 'cost_usd') Object.assign(changed, found)
    else if (!(COST_KEYS as readonly string[]).includes(key)) changed[key] = value
  }
  return Object.assign(changed, found)
}

function count(
  counts: RepriceCounts,
  before: number | null,
  after: number | null,
  reason: string | undefined,
): void {
  if (before === null) counts.before_unknown += 1
  else counts.before_nanos += Math.round(before * 1e9)
  if (after !== null) counts.after_nanos += Math.round(after * 1e9)
  else {
    counts.after_unknown += 1
    const why = reason ?? 'unknown'
    counts.reasons[why] = (counts.reasons[why] ?? 0) + 1
  }
}

function costOf(record: Call): number | null {
  return number(record.cost_usd) ?? null
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

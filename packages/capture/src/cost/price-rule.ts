import { CaptureError } from '../errors.ts'

/** A price of your own: negotiated, or of a model that no table knows. Amounts are US dollars for a million tokens. */
export interface PriceRule {
  /** The model: its name as asked for or as answered; `*` stands for any characters. */
  readonly match: string
  /** OpenTelemetry's provider name, when it is for one provider only; `*` stands for any characters. */
  readonly provider?: string
  readonly input: number
  readonly output: number
  /** Default: the price of input. */
  readonly cache_read?: number
  /** Default: the price of input. */
  readonly cache_write?: number
  /** The day or time from which it holds, as ISO 8601; default: always. */
  readonly from?: string
  /** The service tier that it is for, with its price as given; without one the tier's usual factor is applied. */
  readonly tier?: string
}

/** A checked rule. */
export interface CheckedRule {
  readonly rule: PriceRule
  readonly model: RegExp
  readonly provider: RegExp
  /** Epoch milliseconds. */
  readonly from: number
}

const AMOUNTS = ['input', 'output', 'cache_read', 'cache_write'] as const
const KNOWN: ReadonlySet<string> = new Set([...AMOUNTS, 'match', 'provider', 'from', 'tier'])
const MAX_RULES = 10_000
const MAX_PATTERN = 256

/** Checks prices, given as a list or as `{ prices: […] }`; throws `CAPTURE_OPTION_INVALID`. */
export function checkPriceRules(given: unknown): readonly CheckedRule[] {
  const list = isObject(given) && 'prices' in given ? given.prices : given
  if (!Array.isArray(list) || list.length > MAX_RULES)
    throw invalid('prices', `a list of at most ${MAX_RULES} prices`, list)
  return list.map((rule, index) => checkRule(rule, `prices[${index}]`))
}

function checkRule(rule: unknown, name: string): CheckedRule {
  if (!isObject(rule)) throw invalid(name, 'an object', rule)
  for (const key of Object.keys(rule)) {
    if (!KNOWN.has(key)) throw invalid(name, `a price with ${[...KNOWN].join(', ')}`, key)
  }
  for (const key of AMOUNTS) {
    const amount = rule[key]
    const isMissing = amount === undefined && key.startsWith('cache_')
    if (!isMissing && !(typeof amount === 'number' && amount >= 0 && Number.isFinite(amount)))
      throw invalid(`${name}.${key}`, 'US dollars for a million tokens, 0 or more', amount)
  }
  if (rule.tier !== undefined && typeof rule.tier !== 'string')
    throw invalid(`${name}.tier`, "a service tier's name", rule.tier)
  return {
    rule: rule as unknown as PriceRule,
    model: pattern(rule.match, `${name}.match`),
    provider: pattern(rule.provider ?? '*', `${name}.provider`),
    from: timeOf(rule.from, `${name}.from`),
  }
}

/** A name in which `*` stands for any characters, whatever the case. */
function pattern(glob: unknown, name: string): RegExp {
  if (typeof glob !== 'string' || glob === '' || glob.length > MAX_PATTERN)
    throw invalid(name, 'a name of at most 256 characters in which `*` stands for any', glob)
  // Runs of stars are one, so that matching stays linear in each.
  const source = glob.replaceAll(/\*+/g, '*').split('*').map(escaped)
  if (source.length > 4) throw invalid(name, 'a name with at most three `*`', glob)
  return new RegExp(`^${source.join('.*')}$`, 'is')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function timeOf(from: unknown, name: string): number {
  if (from === undefined) return Number.NEGATIVE_INFINITY
  const time = typeof from === 'string' && /^\d{4}-\d{2}/.test(from) ? Date.parse(from) : Number.NaN
  if (Number.isNaN(time)) throw invalid(name, 'a day or time as ISO 8601', from)
  return time
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(name: string, expected: string, value: unknown): CaptureError {
  const shown =
    typeof value === 'object' && value !== null
      ? typeof value
      : `\`${String(value)}\` (${typeof value})`
  return new CaptureError(
    'CAPTURE_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${shown}`,
  )
}

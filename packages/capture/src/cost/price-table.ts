import { createHash } from 'node:crypto'
import { calcPrice, findProvider, updatePrices } from '@pydantic/genai-prices'

/** Version of the table in `@pydantic/genai-prices`. */
export const TABLE_VERSION = 'genai-prices@0.1.8'

/** OpenTelemetry's provider names in the words of the table, where these are others. */
const PROVIDER_IDS: Readonly<Record<string, string>> = {
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  'aws.bedrock': 'aws',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
}

let version = TABLE_VERSION

/** Counts in the words of the table. */
export type TableUsage = Record<string, number>

/** What the table says of a call. */
export interface TablePrice {
  /** US dollars; undefined where the table has no price for these counts. */
  readonly usd: number | undefined
  /** Whether the model costs nothing, whatever is counted. */
  readonly isFree: boolean
  /** The model's window in tokens. */
  readonly window: number | undefined
  readonly version: string
}

/** The price of a call by the table as of a time; undefined for models that it does not know. */
export function tablePrice(
  provider: string,
  model: string,
  usage: TableUsage,
  time: number,
): TablePrice | undefined {
  const options = { providerId: idOf(provider), timestamp: new Date(time) }
  const name = bare(model)
  const exact = calculated(usage, name, options)
  // A count that the model has no price for is one of several; the tokens are the least that is known.
  const found = exact ?? calculated(onlyTokens(usage), name, options)
  if (found === undefined || found === null) return undefined
  const isFree = isFreeModel(found)
  const usd = isFree || isPriced(found.model_price, usage) ? found.total_price : undefined
  return { usd, isFree, window: found.model.context_window, version }
}

/** Whether the table has prices of a provider's models at all. */
export function isInTable(provider: string): boolean {
  return findProvider({ providerId: idOf(provider) }) !== undefined
}

/** Makes another table the one that is asked, for the whole process: providers in the format of genai-prices' data. */
export function useTable(json: string): void {
  const data: unknown = JSON.parse(json)
  if (!isTable(data)) throw new TypeError('not a list of providers with models')
  updatePrices(({ setProviderData }) => setProviderData(data as never))
  version = `sha256-${createHash('sha256').update(json).digest('hex').slice(0, 12)}`
}

function idOf(provider: string): string {
  return (Object.hasOwn(PROVIDER_IDS, provider) && PROVIDER_IDS[provider]) || provider
}

function calculated(
  usage: TableUsage,
  model: string,
  options: { providerId: string; timestamp: Date },
): ReturnType<typeof calcPrice> | undefined {
  try {
    return calcPrice(usage, model, options)
  } catch {
    return undefined
  }
}

type Found = NonNullable<ReturnType<typeof calcPrice>>

/** No price at all may also mean that nobody has looked it up. */
function isFreeModel({ model, model_price }: Found): boolean {
  return Object.keys(model_price).length === 0 && /:free$|^moderation$/.test(model.id)
}

/** Whether what was counted is what the model is paid by; the table gives 0 for what it has no price for. */
function isPriced(price: Found['model_price'], usage: TableUsage): boolean {
  const keys = Object.entries(price).flatMap(([key, amount]) => (amount === undefined ? [] : key))
  const has = (name: RegExp): boolean => keys.some((key) => name.test(key))
  const counted = Object.keys(usage).filter((name) => usage[name])
  if (counted.length === 0) return has(/_mtok$/)
  if (usage.input_tokens && !has(PRICES_OF_INPUT)) return false
  if (usage.output_tokens && !has(PRICES_OF_OUTPUT)) return false
  return counted.some((name) => has(priceOf(name)))
}

const PRICES_OF_INPUT = /^input_\w*mtok$/
const PRICES_OF_OUTPUT = /^output_\w*mtok$/

/** What a count is priced by. */
function priceOf(count: string): RegExp {
  if (count === 'input_tokens') return PRICES_OF_INPUT
  if (count === 'output_tokens') return PRICES_OF_OUTPUT
  if (count === 'audio_seconds') return /audio_hours$/
  return new RegExp(`^${count.replace(/\W/g, '').replace(/_tokens$/, '_mtok')}(?:_kcount)?$`)
}

const TOKENS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens']

function onlyTokens(usage: TableUsage): TableUsage {
  return Object.fromEntries(Object.entries(usage).filter(([key]) => TOKENS.includes(key)))
}

/** ARNs and paths end with the model. */
function bare(model: string): string {
  return model.startsWith('arn:') || model.startsWith('models/')
    ? (model.split('/').at(-1) ?? model)
    : model
}

function isTable(data: unknown): boolean {
  return (
    Array.isArray(data) &&
    data.length > 0 &&
    data.every((provider) => typeof provider?.id === 'string' && Array.isArray(provider.models))
  )
}

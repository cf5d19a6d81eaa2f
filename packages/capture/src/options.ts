import { type ContentAsk, logger, type RecordingMethods } from '@recount/logger'
import { CONTENT_PARTS } from '@recount/record'
import { createPricer, type Pricer } from './cost/call-price.ts'
import type { PriceRule } from './cost/price-rule.ts'
import { CaptureError } from './errors.ts'
import type { Provider } from './provider.ts'

/** How calls are captured. */
export interface CaptureOptions {
  /** Where calls are recorded; default: the ready logger of `@recount/logger`, which environment flags configure. */
  logger?: RecordingMethods
  /** Whose wire format it is, where the host does not tell: a provider's name, or a `Provider` of your own. */
  provider?: string | Provider
  /** The `fetch` that makes the requests; default: the global one at the time of each call. */
  fetch?: typeof globalThis.fetch
  /** Base URLs of gateways and servers of your own, each with the name of the provider whose wire format it speaks. */
  baseUrls?: Readonly<Record<string, string>>
  /** Prices of your own, before the table's: US dollars for a million tokens. */
  prices?: readonly PriceRule[]
  /** Bytes of one answer that are copied to be read and kept; default 4,194,304. What is longer still reaches the application whole. */
  copyBytes?: number
  /** Asks for content of all calls: all, nothing, or these parts. Policy and environment can only allow less. */
  content?: ContentAsk
}

/** Checked options with their defaults, shared by all layers of capture. */
export interface ResolvedOptions {
  readonly logger: RecordingMethods
  readonly provider: string | Provider | undefined
  /** Whose wire format it is at hosts that nobody knows, as the client tells. */
  readonly fallback?: string
  readonly fetch: typeof globalThis.fetch | undefined
  readonly baseUrls: readonly BaseUrl[]
  readonly price: Pricer
  readonly copyBytes: number
  readonly content: ContentAsk | undefined
}

/** Requests whose URL begins with this are this provider's. */
export interface BaseUrl {
  readonly origin: string
  /** Path without a slash at the end. */
  readonly path: string
  readonly provider: string
}

const DEFAULT_COPY_BYTES = 4_194_304

/** Checks options; `more` are names that the caller takes beside them. Throws `CAPTURE_OPTION_INVALID`. */
export function resolveOptions(
  options: CaptureOptions = {},
  more: readonly string[] = [],
): ResolvedOptions {
  checkNames(options, KNOWN, more)
  const { copyBytes = DEFAULT_COPY_BYTES, content, provider } = options
  if (!(Number.isSafeInteger(copyBytes) && copyBytes >= 0))
    throw invalid('copyBytes', 'a whole number of bytes, 0 or more', copyBytes)
  if (options.fetch !== undefined && typeof options.fetch !== 'function')
    throw invalid('fetch', 'a function like the global `fetch`', options.fetch)
  if (options.logger !== undefined && typeof options.logger?.start !== 'function')
    throw invalid('logger', 'a logger of `createLogger`', options.logger)
  checkContent(content)
  if (!isProvider(provider))
    throw invalid('provider', "a provider's name or a `Provider`", provider)
  return {
    logger: options.logger ?? logger,
    provider,
    fetch: options.fetch,
    baseUrls: Object.entries(options.baseUrls ?? {}).map(baseUrl),
    price: createPricer(options.prices),
    copyBytes,
    content,
  }
}

const KNOWN = ['logger', 'provider', 'fetch', 'baseUrls', 'prices', 'copyBytes', 'content']

/** Refuses what is no object and has no other options than these. */
export function checkNames(
  options: unknown,
  known: readonly string[],
  more: readonly string[] = [],
): void {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'an object', options)
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownOption(unknown, [...more, ...known])
}

/** Refuses what asks for no content that there is. */
export function checkContent(content: unknown): void {
  if (content === undefined || typeof content === 'boolean') return
  const isList = Array.isArray(content)
  const wrong = isList ? content.find((part) => !CONTENT_PARTS.includes(part)) : content
  if (isList && wrong === undefined) return
  const parts = CONTENT_PARTS.map((part) => `'${part}'`).join(', ')
  throw invalid('content', `true, false or a list of ${parts}`, wrong)
}

function isProvider(provider: unknown): boolean {
  if (provider === undefined || (typeof provider === 'string' && provider !== '')) return true
  return typeof provider === 'object' && provider !== null && 'request' in provider
}

function baseUrl([text, provider]: [string, unknown]): BaseUrl {
  if (!URL.canParse(text)) throw invalid('baseUrls', 'absolute URLs as keys', text)
  if (typeof provider !== 'string' || provider === '')
    throw invalid(`baseUrls['${text}']`, "a provider's name", provider)
  const { origin, pathname } = new URL(text)
  return { origin, path: pathname.replace(/\/$/, ''), provider }
}

function unknownOption(name: string, names: readonly string[]): CaptureError {
  return new CaptureError(
    'CAPTURE_OPTION_INVALID',
    `Expected options among ${names.map((known) => `\`${known}\``).join(', ')}, got \`${name}\`; remove it`,
  )
}

/** A wrong option in words. */
export function invalid(name: string, expected: string, value: unknown): CaptureError {
  const shown =
    typeof value === 'object' || typeof value === 'function'
      ? `${value === null ? 'null' : typeof value}`
      : `\`${String(value)}\` (${typeof value})`
  return new CaptureError(
    'CAPTURE_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${shown}`,
  )
}

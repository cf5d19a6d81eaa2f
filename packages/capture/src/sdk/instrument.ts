import { CaptureError } from '../errors.ts'
import { capturingFetch } from '../fetch/capture-fetch.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { recordBedrock } from './bedrock.ts'
import { type ClientLike, isObject } from './client-kind.ts'
import { kindOf } from './clients.ts'

/** Clients that record already. */
const instrumented = new WeakSet<object>()

/**
 * A client that records its model calls, of the same class and with the same settings; the one given stays as it is. Throws
 * `CAPTURE_OPTION_INVALID` for options it does not understand, and `CAPTURE_CLIENT_UNKNOWN` for a client it cannot copy.
 */
export function instrument<Client extends object>(
  client: Client,
  options: CaptureOptions = {},
): Client {
  const resolved = resolveOptions(options)
  if (!isObject(client)) throw unknownClient(client)
  if (instrumented.has(client)) return client
  const copy = recordBedrock(client, resolved) ?? withFetch(client, resolved)
  instrumented.add(copy)
  return copy as Client
}

function withFetch(client: ClientLike, options: ResolvedOptions): object {
  const kind = kindOf(client)
  if (kind === undefined) throw unknownClient(client)
  const fallback = kind.provider(client)
  return kind.copy(client, (fetch, provider) => {
    const inner = options.fetch ?? fetch
    const given = options.provider ?? provider
    return capturingFetch({ ...options, fallback, provider: given, fetch: inner }, true)
  })
}

function unknownClient(client: unknown): CaptureError {
  return new CaptureError(
    'CAPTURE_CLIENT_UNKNOWN',
    `Expected a client of a supported SDK, got ${classNameOf(client)}; give it the \`fetch\` of \`captureFetch()\`, or record its calls with \`log.llm\``,
  )
}

function classNameOf(client: unknown): string {
  try {
    return String((client as object).constructor.name)
  } catch {
    return typeof client
  }
}

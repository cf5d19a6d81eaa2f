import type { AnswerFacts, Provider, RequestFacts, StreamReader } from '../provider.ts'
import { failureOf } from './failure.ts'
import { deafReader, type Format } from './format.ts'
import { type HeaderFacts, headerFacts } from './headers.ts'
import { isObject } from './json-values.ts'

/** What makes a provider of formats. */
export interface ProviderParts {
  /** OpenTelemetry's `gen_ai.provider.name`. */
  readonly name: string
  /** Host names: one that begins with a dot stands for all below it. */
  readonly hosts: readonly (string | RegExp)[]
  /** What it speaks; the first whose paths match reads a request. */
  readonly formats: readonly Format[]
}

/** A provider that reads each request by its path, and the answer as the request was read; whatever fails in reading is left out. */
export function createProvider({ name, hosts, formats }: ProviderParts): Provider {
  return {
    name,
    hosts: (hostname) => hosts.some((host) => isHost(hostname.toLowerCase(), host)),
    request: (url, body) =>
      quietly(
        () => formats.find(({ paths }) => paths(url.pathname))?.request(url, body),
        undefined,
      ),
    answer: (body, request) => {
      const read = (whole: unknown): AnswerFacts =>
        answerFormat(formats, body, request)?.answer(whole) ?? failed(whole)
      return quietly(() => read(body), undefined) ?? quietly(() => read(withoutLists(body)), {})
    },
    failure: (body) => quietly(() => failureOf(body), undefined),
    stream: (request) =>
      quietReader(formats.find(({ api }) => api === request.api)?.stream() ?? deafReader()),
    headers: (headers) => quietly<HeaderFacts>(() => headerFacts(headers, name), {}),
  }
}

function isHost(hostname: string, host: string | RegExp): boolean {
  if (typeof host !== 'string') return host.test(hostname)
  return host.startsWith('.') ? hostname.endsWith(host) : hostname === host
}

function answerFormat(
  formats: readonly Format[],
  body: unknown,
  request: RequestFacts | undefined,
): Format | undefined {
  const asked = formats.find(({ api }) => api === request?.api)
  return asked ?? formats.find((format) => format.recognises(body))
}

/** What was said stands in lists: where it cannot be read, what was counted still can. */
function withoutLists(body: unknown): unknown {
  if (!isObject(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value)))
}

/** An answer in no known format may still be an error. */
function failed(body: unknown): AnswerFacts {
  const failure = typeof body === 'string' ? undefined : failureOf(body)
  return failure === undefined ? {} : { failure }
}

function quietReader(reader: StreamReader): StreamReader {
  return {
    take: (event) => quietly(() => reader.take(event), false),
    result: () => quietly(() => reader.result(), {}),
    get complete() {
      return reader.complete
    },
  }
}

/** Recording never throws into the application: what cannot be read is missing in the record. */
function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

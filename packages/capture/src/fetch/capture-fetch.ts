import { callAbove } from '../once.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { safely } from '../warnings.ts'
import { FetchCall } from './fetch-call.ts'
import { type FoundProvider, findProvider, understand } from './find-provider.ts'
import { type FetchArguments, readRequest, type WireRequest } from './wire-request.ts'

type Fetch = typeof globalThis.fetch

/**
 * A `fetch` that records the model calls made through it, and is in all else the one it wraps. Throws
 * `CAPTURE_OPTION_INVALID` for an option that it does not understand.
 */
export function captureFetch(options: CaptureOptions = {}): Fetch {
  return capturingFetch(resolveOptions(options), true)
}

/** The same with checked options; `byPath` also records calls to hosts that nobody knows, where the path says what they are. */
export function capturingFetch(options: ResolvedOptions, byPath: boolean): Fetch {
  // Not looked up for each call: it may be this one by then.
  const { fetch = globalThis.fetch } = options
  return (...args: FetchArguments): Promise<Response> => {
    const opened = safely(() => open(options, byPath, args))
    if (opened === undefined) return fetch(...args)
    if (opened instanceof FetchCall) return follow(opened, fetch, args)
    return opened.then((call) => (call === undefined ? fetch(...args) : follow(call, fetch, args)))
  }
}

/** Opens the record of a model call; undefined for all other requests. A promise only where a `Request` has to be read; it never rejects. */
function open(
  options: ResolvedOptions,
  byPath: boolean,
  args: FetchArguments,
): FetchCall | undefined | Promise<FetchCall | undefined> {
  let found: FoundProvider | undefined
  const isWanted = (url: URL): boolean => {
    found = findProvider(url, options)
    return found !== undefined || byPath
  }
  const wire = readRequest(args, isWanted, options.copyBytes)
  if (wire instanceof Promise)
    return wire.then(
      (read) => safely(() => openWire(options, found, read)),
      () => undefined,
    )
  return wire && openWire(options, found, wire)
}

function openWire(
  options: ResolvedOptions,
  found: FoundProvider | undefined,
  wire: WireRequest,
): FetchCall | undefined {
  const understood = understand(found, wire.url, wire.body.value)
  if (understood === undefined) return undefined
  if (callAbove(understood.request) !== undefined) return undefined
  return new FetchCall({ options, wire, ...understood })
}

function follow(call: FetchCall, fetch: Fetch, args: FetchArguments): Promise<Response> {
  const failed = (error: unknown): never => {
    call.failed(error)
    throw error
  }
  try {
    return call.run(() => fetch(...args)).then((response) => call.responded(response), failed)
  } catch (error) {
    return failed(error)
  }
}

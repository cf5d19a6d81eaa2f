import { runInContext } from '../context.ts'
import type { OpenTrace, TraceBindings } from '../open-trace.ts'
import { safely } from '../recording.ts'
import type { Incoming } from '../trace-context.ts'
import type { Settings } from './settings.ts'

/** What a middleware knows of a request before its handler runs. */
export interface Arrival {
  /** The trace's name, where the caller gives none. */
  readonly name: string
  readonly bindings: TraceBindings
  /** Reads what the request brings; asked only when it is trusted. */
  readonly incoming: () => Incoming
}

/**
 * Opens the trace of a request, an event or a job; undefined when it is not to be traced or cannot be: then it is served
 * all the same. Never throws.
 */
export function openIncoming<Request>(
  settings: Settings<Request>,
  request: Request,
  arrive: () => Arrival,
): OpenTrace | undefined {
  return safely(() => {
    if (settings.ignores(request)) return undefined
    const arrival = arrive()
    const { ignored, ...incoming }: Incoming = settings.trusts(request)
      ? arrival.incoming()
      : { ignored: [] }
    const own = settings.bindings(request)
    const metadata = { ...arrival.bindings.metadata, ...noteOf(ignored), ...own.metadata }
    const name = settings.name(request) ?? arrival.name
    const bindings = { ...incoming, ...arrival.bindings, ...own, metadata }
    // A server or worker that was started inside a trace keeps that context: what arrives there is no part of it.
    return runInContext(undefined, () => settings.logger.openTrace(name, bindings))
  })
}

/** Which headers were not used and why; never what they said. */
function noteOf(ignored: Incoming['ignored']): { ignored_headers?: string } {
  if (ignored.length === 0) return {}
  return { ignored_headers: ignored.map(({ header, reason }) => `${header}: ${reason}`).join('; ') }
}

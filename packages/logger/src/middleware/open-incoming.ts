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
    return settings.logger.openTrace(name, { ...incoming, ...arrival.bindings, ...own, metadata })
  })
}

/** Which headers were not used and why; never what they said. */
function noteOf(ignored: Incoming['ignored']): { ignored_headers?: string } {
  if (ignored.length === 0) return {}
  return { ignored_headers: ignored.map(({ header, reason }) => `${header}: ${reason}`).join('; ') }
}

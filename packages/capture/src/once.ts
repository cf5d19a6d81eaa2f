import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { Channel } from 'node:diagnostics_channel'
import type { LlmCallHandle } from '@recount/logger'
import { safely } from './safely.ts'

/** A model call that a layer above (a framework, an SDK's own hook, the debug API) records already. */
export interface CallAbove {
  readonly call: LlmCallHandle
  /** The model asked for; a request to another model is another call. */
  readonly model: string
  /** The messages, in OpenTelemetry's shape; needed only by `announce`. */
  readonly input?: unknown
}

/** What a layer below sees of a call. */
export interface CallSeen {
  readonly model: string
  readonly input?: unknown
}

const around = new AsyncLocalStorage<CallAbove | undefined>()
/** Calls of callbacks, which cannot run anything inside of themselves. */
const announced = new Set<AnnouncedCall>()
/** Of more than this the first are forgotten, which may never end: then a call may be recorded by two layers, but never by none. */
const MAX_ANNOUNCED = 1000

/** Without its messages, which are long. */
interface AnnouncedCall {
  readonly call: LlmCallHandle
  readonly model: string
  /** Digest of the last text. */
  readonly said: string | undefined
}

/** Runs what makes a call that is recorded here already. */
export function recordedAbove<T>(above: CallAbove, fn: () => T): T {
  return around.run(above, fn)
}

/** Where a channel publishes that something begins, it is run inside the call that `begin` opens for it; the function that comes back ends that. */
export function recordedFrom(
  channel: Channel<unknown, object>,
  begin: (
    message: object,
  ) => { readonly handle: LlmCallHandle; readonly model: string } | undefined,
): () => void {
  channel.bindStore(around, (message) => {
    const begun = safely(() => begin(message))
    return begun === undefined ? around.getStore() : { call: begun.handle, model: begun.model }
  })
  return () => void channel.unbindStore(around)
}

/** Says that a call is recorded, where it cannot be run inside; the function that comes back says that it is over. */
export function announce({ call, model, input }: CallAbove): () => void {
  const above = { call, model, said: lastSaid(input) }
  announced.add(above)
  const [oldest] = announced.size > MAX_ANNOUNCED ? announced : []
  if (oldest !== undefined) announced.delete(oldest)
  return () => void announced.delete(above)
}

/**
 * The call that a layer above records, of which this is the request: the layer below writes no record, and may add what it
 * knows with `set`. Announced calls are recognised by model and last message.
 */
export function callAbove(seen: CallSeen): LlmCallHandle | undefined {
  const above = around.getStore()
  if (above !== undefined && isSameModel(above.model, seen.model)) return above.call
  if (announced.size === 0) return undefined
  const said = lastSaid(seen.input)
  if (said === undefined) return undefined
  for (const candidate of announced) {
    if (candidate.model === seen.model && candidate.said === said) return candidate.call
  }
  return undefined
}

/** Frameworks name models as `provider/model` or `provider:model`, too; an unknown model says nothing against it. */
function isSameModel(above: string, seen: string): boolean {
  if (above === seen || above === '' || seen === '' || seen === 'unknown') return true
  return above.endsWith(`/${seen}`) || above.endsWith(`:${seen}`) || above.endsWith(`.${seen}`)
}

function lastSaid(input: unknown): string | undefined {
  const text = lastText(input)
  return text === undefined ? undefined : createHash('sha256').update(text).digest('base64')
}

/** The last text of messages, of whatever kind. */
function lastText(input: unknown): string | undefined {
  if (typeof input === 'string') return input
  if (Array.isArray(input)) return input.length === 0 ? undefined : lastText(input.at(-1))
  if (typeof input !== 'object' || input === null) return undefined
  const { parts, content, text } = input as Record<string, unknown>
  return lastText(parts ?? content ?? text)
}

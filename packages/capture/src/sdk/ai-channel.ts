import { tracingChannel } from 'node:diagnostics_channel'
import type { ToolCallHandle } from '@recount/logger'
import { callAbove, recordedFrom } from '../once.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { at, textAt } from '../providers/json-values.ts'
import { safely } from '../warnings.ts'
import { aiAnswer } from './ai-answer.ts'
import { aiProvider, aiRequest } from './ai-request.ts'
import { partsWatcher } from './ai-stream.ts'
import { endTool, mayKeepOutput, openTool } from './ai-telemetry.ts'
import { type OpenCall, openCall } from './open-call.ts'
import { readAlong } from './watch-stream.ts'

/** The channel on which `ai` 7 tells what it does. */
const CHANNEL = 'ai:telemetry'

/** A message of the channel; the same object from its start to its end. */
interface Message {
  readonly type: string
  readonly event: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/**
 * Records what version 7 of the AI SDK says on its tracing channel: calls of models and tools of the whole process, with no
 * code where they are made. The function that comes back ends it. Throws `CAPTURE_OPTION_INVALID`.
 */
export function subscribeAi(options: CaptureOptions = {}): () => void {
  const listener = new ChannelListener(resolveOptions(options))
  const channel = tracingChannel<unknown, object>(CHANNEL)
  const handlers = {
    start() {},
    end() {},
    asyncStart() {},
    asyncEnd: (message: object) => safely(() => listener.ended(message as Message)),
    error: (message: object) => safely(() => listener.failed(message as Message)),
  }
  channel.subscribe(handlers as never)
  const unbind = recordedFrom(channel.start, (message) => listener.began(message as Message))
  return () => {
    channel.unsubscribe(handlers as never)
    unbind()
  }
}

class ChannelListener {
  readonly #options: ResolvedOptions
  readonly #calls = new WeakMap<object, OpenCall>()
  readonly #tools = new WeakMap<object, ToolCallHandle>()

  constructor(options: ResolvedOptions) {
    this.#options = options
  }

  /** What is recorded here, so that no layer below records it again. */
  began(message: Message): OpenCall | undefined {
    const { type, event } = message
    if (type === 'executeTool') {
      const handle = openTool(this.#options, event)
      if (handle !== undefined) this.#tools.set(message, handle)
    }
    return type === 'languageModelCall' ? this.#begin(message) : undefined
  }

  ended(message: Message): void {
    const { event, result, error } = message
    if (error !== undefined) return
    const call = this.#calls.get(message)
    if (call !== undefined) endCall(call, result, mayKeepOutput(event))
    const tool = this.#tools.get(message)
    if (tool !== undefined) endTool(tool, event, at(result, 'output'))
  }

  failed(message: Message): void {
    this.#calls.get(message)?.fail(message.error)
    this.#tools.get(message)?.fail(message.error)
  }

  #begin(message: Message): OpenCall | undefined {
    const { event } = message
    const request = aiRequest(textAt(event, 'modelId') ?? 'unknown', event, false)
    if (callAbove(request) !== undefined) return undefined
    const provider = aiProvider(at(event, 'provider'))
    const call = openCall(this.#options, { provider, request })
    if (call !== undefined) this.#calls.set(message, call)
    return call
  }
}

function endCall(call: OpenCall, result: unknown, includeOutput: boolean): void {
  const stream = at(result, 'stream')
  if (stream instanceof ReadableStream)
    readAlong(stream, partsWatcher(call, { signal: undefined, includeOutput, result }))
  else call.end(aiAnswer(result, includeOutput))
}

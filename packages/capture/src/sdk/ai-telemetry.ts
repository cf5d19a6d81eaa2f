import type { ToolCallHandle } from '@recount/logger'
import { BoundedMap, type Bounds } from '../bounded-map.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { at, textAt } from '../providers/json-values.ts'
import { safely } from '../safely.ts'
import { recordModelCall } from './ai-middleware.ts'

/** A telemetry integration: `registerTelemetryIntegration` of `ai` 6 and `registerTelemetry` of `ai` 7 take it. */
export interface AiTelemetry {
  /** Version 7: an operation begins. */
  onStart(event: unknown): void
  /** Version 7: every attempt to call a model. */
  executeLanguageModelCall<T>(call: Executed<T>): Promise<T>
  /** Version 7: every tool, with what happens inside of it. */
  executeTool<T>(call: Executed<T>): Promise<T>
  onToolExecutionEnd(event: unknown): void
  /** Version 6: tools. */
  onToolCallStart(event: unknown): void
  onToolCallFinish(event: unknown): void
}

const UNDER_WAY: Bounds = { what: 'tools under way', entries: 10_000, bytes: 33_554_432 }
/** What the handle of a tool holds, roughly. */
const HANDLE_BYTES = 2048

interface Executed<T> {
  readonly execute: () => PromiseLike<T>
}

/**
 * Records what the AI SDK does, whatever the model: with version 7 calls of models and tools, with version 6, which tells no
 * more, tools. `recordInputs: false` and `recordOutputs: false` of a call are obeyed. Throws `CAPTURE_OPTION_INVALID`.
 */
export function aiTelemetry(options: CaptureOptions = {}): AiTelemetry {
  const resolved = resolveOptions(options)
  const tools = new BoundedMap<ToolCallHandle>(UNDER_WAY)
  const streams = new BoundedMap<true>(UNDER_WAY)
  const begin = (event: unknown): ToolCallHandle | undefined => {
    const handle = openTool(resolved, event)
    if (handle !== undefined) tools.set(toolCallId(event), handle, HANDLE_BYTES)
    return handle
  }
  return {
    onStart(event) {
      if (/stream/i.test(textAt(event, 'operationId') ?? ''))
        streams.set(textAt(event, 'callId') ?? '', true)
    },
    executeLanguageModelCall({ execute, ...params }) {
      const stream = streams.get(textAt(params, 'callId') ?? '') === true
      const includeOutput = mayKeepOutput(params)
      return recordModelCall(resolved, { model: params, params, stream, includeOutput }, execute)
    },
    async executeTool({ execute, ...event }) {
      const handle = begin(event)
      try {
        return await (handle === undefined ? execute() : handle.run(execute))
      } catch (error) {
        tools.take(toolCallId(event))?.fail(error)
        throw error
      }
    },
    onToolExecutionEnd(event) {
      endTool(tools.take(toolCallId(event)), event, at(event, 'toolOutput'))
    },
    onToolCallStart: (event) => void begin(event),
    onToolCallFinish: (event) => endTool(tools.take(toolCallId(event)), event, event),
  }
}

/** Opens a tool by an event of the AI SDK; undefined where recording it failed. */
export function openTool({ logger }: ResolvedOptions, event: unknown): ToolCallHandle | undefined {
  return safely(() =>
    logger.start({
      event: 'tool_call',
      tool: textAt(event, 'toolCall', 'toolName') ?? 'unknown',
      tool_call_id: toolCallId(event),
      arguments: at(event, 'toolCall', 'input'),
    }),
  )
}

/** Ends a tool by what the AI SDK says that it returned. */
export function endTool(handle: ToolCallHandle | undefined, event: unknown, output: unknown): void {
  const error = at(output, 'error')
  if (error !== undefined) handle?.fail(error)
  else handle?.end(mayKeepOutput(event) ? at(output, 'output') : undefined)
}

/** The id under which the model asked for the tool. */
function toolCallId(event: unknown): string {
  return textAt(event, 'toolCall', 'toolCallId') ?? textAt(event, 'toolCallId') ?? ''
}

/** Whether the application lets what was said be recorded. */
export function mayKeepOutput(event: unknown): boolean {
  return at(event, 'recordOutputs') !== false
}

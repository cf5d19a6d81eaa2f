import type { FinishReason } from '@recount/record'
import { readData } from './fields.ts'
import { readUsage, usageOf } from './usage.ts'

/** What a call came to. All keys are optional; an unknown number is `null`, not 0. */
export interface LlmResult {
  /** What the model said: text, or messages in any provider's shape. Kept only where content is open. */
  output?: unknown
  /** The wire text, as received. Kept only where content is open. */
  raw_response?: unknown
  response_model?: string
  /** Includes cached tokens. */
  input_tokens?: number | null
  /** Includes reasoning tokens. */
  output_tokens?: number | null
  cache_read_tokens?: number | null
  cache_write_tokens?: number | null
  reasoning_tokens?: number | null
  usage_source?: 'provider' | 'estimated'
  /** US dollars. */
  cost_usd?: number | null
  cost_source?: 'table' | 'override' | 'provider' | 'unknown'
  price_version?: string
  /** Why the cost is unknown. */
  cost_reason?: string
  /** The tier that served the call, in the provider's word. */
  service_tier?: string
  /** What is paid for beside or instead of the tokens. */
  billed?: Readonly<Record<string, number>>
  finish_reason?: FinishReason | null
  finish_reason_raw?: string | null
  provider_request_id?: string
  rate_limit?: Record<string, string | number | boolean | null>
  context_window?: { messages?: number; tokens_estimated?: number; limit?: number; used?: number }
  /** Tools offered and called. */
  tools?: { offered?: number; called?: string[] }
  /** Whole call with failed attempts and back-off, milliseconds. */
  call_duration_ms?: number
  validation?: { passed: boolean; rule?: string | null }
  /** Ids of the tool calls asked for, so that `tool()` finds its parent; never written. */
  tool_call_ids?: string[]
}

/**
 * Reads a reply in the shapes of OpenAI (chat completions, responses), Anthropic, and a plain `{ text, usage }`, with the
 * token counts of a few more (usage.ts). What is not there stays out; automatic capture with every provider's rules is the work of the capture package.
 */
export function readReply(reply: unknown): LlmResult {
  if (typeof reply === 'string') return { output: reply }
  if (!isObject(reply)) return {}
  const choice = first(reply, 'choices')
  const message = object(choice, 'message')
  const finish =
    text(choice, 'finish_reason') ?? text(reply, 'stop_reason') ?? responsesFinish(reply)
  const calls = [
    ...list(message, 'tool_calls'),
    ...list(reply, 'content').filter(isToolUse),
    ...list(reply, 'output').filter(isToolUse),
  ]
  const result: LlmResult = {
    ...readUsage(usageOf(reply)),
    output: message ?? outputOf(reply),
  }
  const model = text(reply, 'model')
  if (model !== undefined) result.response_model = model
  const requestId = text(reply, '_request_id')
  if (requestId !== undefined) result.provider_request_id = requestId
  if (finish !== undefined) {
    result.finish_reason_raw = finish
    result.finish_reason = finishReason(finish)
  }
  if (calls.length > 0) {
    result.tools = {
      called: calls.map((call) => text(object(call, 'function') ?? call, 'name') ?? 'unknown'),
    }
    result.tool_call_ids = calls.flatMap((call) => text(call, 'call_id') ?? text(call, 'id') ?? [])
  }
  return result
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_window',
  failed: 'error',
}

/** A provider's word for why it stopped, in ours. */
export function finishReason(raw: string): FinishReason {
  return Object.hasOwn(FINISH, raw) ? (FINISH[raw] as FinishReason) : 'other'
}

/** OpenAI's Responses API says it in two places. */
export function responsesFinish(reply: object): string | undefined {
  return (
    text(object(reply, 'incomplete_details'), 'reason') ??
    (readData(reply, 'object') === 'response' ? text(reply, 'status') : undefined)
  )
}

function outputOf(reply: object): unknown {
  const output =
    readData(reply, 'output_text') ??
    readData(reply, 'text') ??
    readData(reply, 'content') ??
    readData(reply, 'output')
  return typeof output === 'function' ? undefined : output
}

function isToolUse(item: unknown): boolean {
  const type = isObject(item) ? readData(item, 'type') : undefined
  return type === 'tool_use' || type === 'function_call'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function object(source: unknown, key: string): object | undefined {
  const value = isObject(source) ? readData(source, key) : undefined
  return isObject(value) ? value : undefined
}

function list(source: unknown, key: string): unknown[] {
  const value = isObject(source) ? readData(source, key) : undefined
  return Array.isArray(value) ? value : []
}

function first(source: object, key: string): unknown {
  return list(source, key)[0]
}

function text(source: unknown, key: string): string | undefined {
  const value = isObject(source) ? readData(source, key) : undefined
  return typeof value === 'string' ? value : undefined
}

import { readData } from './fields.ts'
import { finishReason, type LlmResult, responsesFinish } from './reply.ts'
import { readUsage, usageOf } from './usage.ts'

/** Puts a stream's chunks together into what a call came to. */
export interface StreamReader {
  /** Takes one chunk; true when it carried something of the answer. */
  take(chunk: unknown): boolean
  result(): LlmResult
}

/** Text beyond this many characters is not held. */
const MAX_HELD = 1_000_000
/** More tool calls than this in one answer are left out. */
const MAX_CALLS = 100

/**
 * A reader for strings, OpenAI chat chunks, OpenAI response events and Anthropic events, or for what `readChunk` makes of
 * a chunk; other chunks are only counted as having come. It keeps no chunk.
 */
export function streamReader(readChunk?: (chunk: unknown) => LlmResult): StreamReader {
  return readChunk === undefined ? knownReader() : ownReader(readChunk)
}

function ownReader(readChunk: (chunk: unknown) => LlmResult): StreamReader {
  const text = heldText()
  let result: LlmResult = {}
  return {
    take(chunk) {
      const { output, ...facts } = readChunk(chunk)
      result = { ...result, ...facts }
      return text.add(output)
    },
    result: () => ({ ...result, ...text.output() }),
  }
}

function knownReader(): StreamReader {
  const text = heldText()
  let result: LlmResult = {}
  const called: string[] = []
  const ids: string[] = []
  return {
    take(chunk) {
      if (typeof chunk === 'string') return text.add(chunk)
      if (typeof chunk !== 'object' || chunk === null || ArrayBuffer.isView(chunk)) return true
      result = { ...result, ...facts(chunk) }
      const calls = toolCalls(chunk)
      for (const { id, name } of called.length < MAX_CALLS ? calls : []) {
        called.push(name)
        if (id !== undefined) ids.push(id)
      }
      return text.add(words(chunk)) || calls.length > 0 || isThought(chunk)
    },
    result: () => ({
      ...result,
      ...text.output(),
      ...(called.length === 0 ? {} : { tools: { called }, tool_call_ids: ids }),
    }),
  }
}

/** Pieces of text put together, as far as they are held. */
function heldText(): { add(piece: unknown): boolean; output(): LlmResult } {
  let held = ''
  return {
    add(piece) {
      if (typeof piece !== 'string' || piece === '') return false
      if (held.length < MAX_HELD) held += piece.slice(0, MAX_HELD - held.length)
      return true
    },
    output: () => (held === '' ? {} : { output: held }),
  }
}

function words(chunk: object): unknown {
  const choices = readData(chunk, 'choices')
  const delta = readData(chunk, 'delta')
  if (Array.isArray(choices))
    return textOf(at(choices[0], 'delta', 'content')) ?? at(choices[0], 'text')
  if (typeof delta === 'string')
    return readData(chunk, 'type') === 'response.output_text.delta' ? delta : undefined
  return (
    at(delta, 'text') ??
    (readData(chunk, 'type') === undefined ? readData(chunk, 'text') : undefined)
  )
}

/** Mistral's reasoning models give a list of parts. */
function textOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map((part) => at(part, 'text') ?? '').join('') : content
}

/** What the model thinks comes before what it says: the first token may be of it. */
function isThought(chunk: object): boolean {
  const delta = at(chunk, 'choices', '0', 'delta')
  const thought =
    at(chunk, 'delta', 'thinking') ?? at(delta, 'reasoning_content') ?? at(delta, 'content')
  return (typeof thought === 'string' && thought !== '') || Array.isArray(thought)
}

interface ToolCall {
  readonly id: string | undefined
  readonly name: string
}

/** The tool calls that begin with this chunk: the first piece of each has its name. */
function toolCalls(chunk: object): ToolCall[] {
  const deltas = at(chunk, 'choices', '0', 'delta', 'tool_calls')
  if (Array.isArray(deltas)) {
    return deltas.flatMap((call) => toolCall(at(call, 'function', 'name'), at(call, 'id')))
  }
  const type = readData(chunk, 'type')
  if (type === 'content_block_start' && at(chunk, 'content_block', 'type') === 'tool_use')
    return toolCall(at(chunk, 'content_block', 'name'), at(chunk, 'content_block', 'id'))
  if (type === 'response.output_item.added' && at(chunk, 'item', 'type') === 'function_call')
    return toolCall(at(chunk, 'item', 'name'), at(chunk, 'item', 'call_id'))
  return []
}

function toolCall(name: unknown, id: unknown): ToolCall[] {
  if (typeof name !== 'string' || name === '') return []
  return [{ name, id: typeof id === 'string' ? id : undefined }]
}

/** Model, usage and finish reason, wherever this kind of chunk has them. */
function facts(chunk: object): LlmResult {
  const response = at(chunk, 'response')
  const whole = at(chunk, 'message') ?? response ?? chunk
  const model = at(whole, 'model')
  const usage = usageOf(whole) ?? usageOf(chunk)
  const finish = finishOf(chunk, response)
  const found: LlmResult = readUsage(usage)
  if (typeof model === 'string') found.response_model = model
  if (typeof finish === 'string') {
    found.finish_reason_raw = finish
    found.finish_reason = finishReason(finish)
  }
  return found
}

const LAST_EVENTS = ['response.completed', 'response.incomplete', 'response.failed']

function finishOf(chunk: object, response: unknown): unknown {
  const ended = LAST_EVENTS.includes(String(readData(chunk, 'type')))
  if (ended && typeof response === 'object' && response !== null) return responsesFinish(response)
  return at(chunk, 'choices', '0', 'finish_reason') ?? at(chunk, 'delta', 'stop_reason')
}

function at(value: unknown, ...path: string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = readData(found, key)
  }
  return found
}

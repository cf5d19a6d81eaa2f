import { read } from './fields.ts'
import { finishReason, type LlmResult, readUsage } from './reply.ts'

/** Puts a stream's chunks together into what a call came to. */
export interface StreamReader {
  /** Takes one chunk; true when it carried the first words of the answer. */
  take(chunk: unknown): boolean
  result(): LlmResult
}

/** Text beyond this many characters is counted but not held. */
const MAX_HELD = 1_000_000

/**
 * A reader for strings, OpenAI chat chunks, OpenAI response events and Anthropic events; other chunks are only counted
 * as having come. It keeps no chunk.
 */
export function streamReader(): StreamReader {
  let output = ''
  let result: LlmResult = {}
  const say = (text: unknown): boolean => {
    if (typeof text !== 'string' || text === '') return false
    if (output.length < MAX_HELD) output += text
    return true
  }
  return {
    take(chunk) {
      if (typeof chunk === 'string') return say(chunk)
      if (typeof chunk !== 'object' || chunk === null) return true
      result = { ...result, ...facts(chunk) }
      return say(words(chunk))
    },
    result: () => (output === '' ? result : { ...result, output }),
  }
}

function words(chunk: object): unknown {
  const choices = read(chunk, 'choices')
  const delta = read(chunk, 'delta')
  if (Array.isArray(choices)) return at(choices[0], 'delta', 'content') ?? at(choices[0], 'text')
  if (typeof delta === 'string')
    return read(chunk, 'type') === 'response.output_text.delta' ? delta : undefined
  return at(delta, 'text') ?? (read(chunk, 'type') === undefined ? read(chunk, 'text') : undefined)
}

/** Model, usage and finish reason, wherever this kind of chunk has them. */
function facts(chunk: object): LlmResult {
  const whole = at(chunk, 'message') ?? at(chunk, 'response') ?? chunk
  const model = at(whole, 'model')
  const usage = at(whole, 'usage')
  const choices = read(chunk, 'choices')
  const finish =
    (Array.isArray(choices) ? at(choices[0], 'finish_reason') : undefined) ??
    at(chunk, 'delta', 'stop_reason')
  const found: LlmResult = typeof usage === 'object' && usage !== null ? readUsage(usage) : {}
  if (typeof model === 'string') found.response_model = model
  if (typeof finish === 'string') {
    found.finish_reason_raw = finish
    found.finish_reason = finishReason(finish)
  }
  return found
}

function at(value: unknown, ...path: string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = read(found, key)
  }
  return found
}

import type { TestContext } from 'node:test'
import { events, json, type Loopback, loopback } from './loopback.ts'

/** What the model says where it says something. */
export const SAID = '{"word":"Hello"}'
/** The words of its streams. */
export const WORDS: readonly string[] = ['{"word":', '"Hello"', '}']

const CALLS = ['Oslo', 'Rome'].map((city, index) => ({
  type: 'tool_use',
  id: `call_${index}`,
  name: `weather_${index}`,
  input: { city },
}))
const LIMITED = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } }

/** Starts a provider that speaks Anthropic's format, and answers by the model asked for: `says`, `open` (a stream that is not ended), `limited`, `tools`. */
export function anthropicServer(t: Pick<TestContext, 'after'>): Promise<Loopback> {
  return loopback(t, ({ body }, response) => {
    const ids = { 'request-id': 'req_conformance' }
    if (body.model === 'limited') return json(response, LIMITED, 429, ids)
    const blocks = body.model === 'tools' ? CALLS : [{ type: 'text', text: SAID }]
    const reason = body.model === 'tools' ? 'tool_use' : 'end_turn'
    if (body.stream !== true) return json(response, message(blocks, reason), 200, ids)
    events(response, ids)
    if (body.model === 'open') return response.write(begun() + text(['Once upon']))
    const said = body.model === 'tools' ? CALLS.map(toolUse).join('') : text(WORDS) + stop(0)
    return response.end(begun() + said + ended(reason))
  })
}

function message(content: readonly object[], stop_reason: string | null): object {
  const usage = { input_tokens: 12, output_tokens: 5 }
  const own = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-1' }
  return { ...own, content, stop_reason, stop_sequence: null, usage }
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

function begun(): string {
  return event('message_start', { message: message([], null) })
}

function start(index: number, content_block: object): string {
  return event('content_block_start', { index, content_block })
}

function stop(index: number): string {
  return event('content_block_stop', { index })
}

function text(words: readonly string[]): string {
  const deltas = words.map((word) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } }),
  )
  return start(0, { type: 'text', text: '' }) + deltas.join('')
}

function toolUse({ input, ...block }: (typeof CALLS)[number], index: number): string {
  const json = JSON.stringify(input)
  const deltas = [json.slice(0, 5), json.slice(5)].map((partial_json) =>
    event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }),
  )
  return start(index, { ...block, input: {} }) + deltas.join('') + stop(index)
}

function ended(stop_reason: string): string {
  const delta = { stop_reason, stop_sequence: null }
  return event('message_delta', { delta, usage: { output_tokens: 5 } }) + event('message_stop', {})
}

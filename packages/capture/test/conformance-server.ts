import type { TestContext } from 'node:test'
import { ASK, chatStream, completion, DONE, delta, usage } from './chat-wire.ts'
import { events, json, type Loopback, loopback } from './loopback.ts'

/** What the model says where it says something. */
export const SAID = '{"word":"Hello"}'
/** The words of its streams. */
export const WORDS: string[] = ['{"word":', '"Hello"', '}']

const CALLS = ['Oslo', 'Rome'].map((city, index) => ({
  id: `call_${index}`,
  type: 'function' as const,
  function: { name: `weather_${index}`, arguments: JSON.stringify({ city }) },
}))
const LIMITED = { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded', param: null }

/** Starts a provider that answers by the model asked for: `says`, `open` (a stream that is not ended), `limited`, `tools`. */
export function conformanceServer(t: Pick<TestContext, 'after'>): Promise<Loopback> {
  return loopback(t, ({ body }, response) => {
    const stream = body.stream === true
    const ids = { 'x-request-id': 'req_conformance' }
    if (body.model === 'limited') return json(response, { error: LIMITED }, 429, ids)
    if (!stream)
      return json(response, body.model === 'tools' ? asked() : completion(SAID), 200, ids)
    events(response, ids)
    if (body.model === 'open') return response.write(`${delta({ content: 'Once upon' })}`)
    if (body.model === 'tools') return response.end(askedInPieces())
    return response.end(chatStream(...WORDS).join(''))
  })
}

function asked(): object {
  const message = { role: 'assistant', content: null, tool_calls: CALLS }
  return completion('', { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })
}

function askedInPieces(): string {
  const pieces = CALLS.flatMap(({ id, type, function: { name, arguments: text } }, index) => [
    delta({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
    ...[text.slice(0, 5), text.slice(5)].map((part) =>
      delta({ tool_calls: [{ index, function: { arguments: part } }] }),
    ),
  ])
  return [...pieces, delta({}, 'tool_calls'), usage(), DONE].join('')
}

/** The request for one of these models. */
export function ask(model: 'says' | 'open' | 'limited' | 'tools'): typeof ASK {
  return { ...ASK, model }
}

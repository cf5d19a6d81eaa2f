import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chatStream, delta, event, usage } from './chat-wire.ts'
import { DATA } from './data-set.ts'

/** A streamed answer as it goes over the wire. */
export interface WireStream {
  readonly name: string
  readonly url: string
  readonly body: object
  readonly type: string
  readonly text: string
}

const SSE = 'text/event-stream'
const HOST = 'https://api.openai.com'

/** Short streams of every wire format, with characters of several bytes and tool calls in pieces. */
export const STREAMS: readonly WireStream[] = [
  stream(
    'openai.chat',
    `${HOST}/v1/chat/completions`,
    chatStream('Grüße ', 'an 世界 ', '🌍!').join(''),
  ),
  stream(
    'openai.chat with tools',
    `${HOST}/v1/chat/completions`,
    [
      delta({ role: 'assistant', content: null }),
      ...toolPieces(0, 'call_a', 'weather', ['{"in":"Å', 'lesund"}']),
      ...toolPieces(1, 'call_b', 'time', ['{}']),
      delta({}, 'tool_calls'),
      usage(),
      'data: [DONE]\n\n',
    ].join(''),
  ),
  stream(
    'openai.chat with CRLF, comments and names',
    `${HOST}/v1/chat/completions`,
    `: ping\r\n\r\n${chatStream('Hé', 'llo').join('').replaceAll('\n', '\r\n')}`,
  ),
  stream('anthropic.messages', 'https://api.anthropic.com/v1/messages', anthropicStream()),
  {
    name: 'ollama',
    url: 'http://127.0.0.1:11434/api/chat',
    body: { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] },
    type: 'application/x-ndjson',
    text: ollamaStream(),
  },
]

function stream(name: string, url: string, text: string): WireStream {
  const messages = [{ role: 'user', content: 'Hi' }]
  return { name, url, body: { model: 'some-model', stream: true, messages }, type: SSE, text }
}

function toolPieces(index: number, id: string, name: string, pieces: readonly string[]): string[] {
  const first = { index, id, type: 'function', function: { name, arguments: '' } }
  const rest = pieces.map((text) => ({ index, function: { arguments: text } }))
  return [first, ...rest].map((call) => delta({ tool_calls: [call] }))
}

function anthropicStream(): string {
  const message = {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [] },
    ...{ stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } },
  }
  const events: object[] = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Göd ' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'dag 🌞' } },
    { type: 'content_block_stop', index: 0 },
    {
      ...{ type: 'content_block_start', index: 1 },
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
    },
    {
      ...{ type: 'content_block_delta', index: 1 },
      delta: { type: 'input_json_delta', partial_json: '{"at": "fjäll' },
    },
    {
      ...{ type: 'content_block_delta', index: 1 },
      delta: { type: 'input_json_delta', partial_json: '"}' },
    },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 20 } },
    { type: 'message_stop' },
  ]
  return events.map((data) => `event: ${(data as { type: string }).type}\n${event(data)}`).join('')
}

function ollamaStream(): string {
  const line = (more: object): string => `${JSON.stringify({ model: 'llama3.2', ...more })}\n`
  const words = ['Grüß ', 'dich 🐫'].map((content) =>
    line({ message: { role: 'assistant', content }, done: false }),
  )
  const end = { done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 4 }
  return [...words, line({ message: { role: 'assistant', content: '' }, ...end })].join('')
}

const FOLDERS: Readonly<Record<string, readonly [url: string, isChat: (text: string) => boolean]>> =
  {
    openai: [`${HOST}/v1/responses`, (text) => text.includes('"response.created"')],
    deepseek: ['https://api.deepseek.com/v1/chat/completions', () => true],
    groq: ['https://api.groq.com/openai/v1/chat/completions', () => true],
    mistral: ['https://api.mistral.ai/v1/chat/completions', () => true],
    anthropic: ['https://api.anthropic.com/v1/messages', () => true],
  }

/** Recorded streams of providers: each line of such a file is the data of one event. */
export function recordedStreams(): WireStream[] {
  return Object.entries(FOLDERS).flatMap(([folder, [url, isWanted]]) => {
    const place = join(DATA, 'provider-http/vercel-ai', folder)
    return readdirSync(place)
      .filter((name) => name.endsWith('.chunks.txt'))
      .map((name) => ({ name, text: eventsOf(readFileSync(join(place, name), 'utf8')) }))
      .filter(({ text }) => isWanted(text))
      .map(({ name, text }) => stream(name, url, text))
  })
}

function eventsOf(lines: string): string {
  const datas = lines.split('\n').filter((line) => line !== '')
  return datas.map((data) => `${nameOf(data)}data: ${data}\n\n`).join('')
}

function nameOf(data: string): string {
  const type = /^\{"type":"([\w.]+)"/.exec(data)?.[1]
  return type === undefined ? '' : `event: ${type}\n`
}

/** Pseudo-random numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutJson } from '../src/fetch/cut-json.ts'
import { captureFetch } from '../src/index.ts'
import { calls, onlyCall } from './calls.ts'
import { completion } from './chat-wire.ts'
import { validRecorder } from './scene.ts'

const LONG = 'word '.repeat(20_000)
const usage = { input_tokens: 1000, output_tokens: 100 }
const ANSWERS: readonly [string, string, object, string][] = [
  ['OpenAI chat', '/v1/chat/completions', completion(LONG), 'openai'],
  [
    'OpenAI embeddings',
    '/v1/embeddings',
    {
      object: 'list',
      data: [{ embedding: Array(20_000).fill(0.5) }],
      model: 'm',
      usage: { prompt_tokens: 12, total_tokens: 12 },
    },
    'openai',
  ],
  [
    'OpenAI responses',
    '/v1/responses',
    {
      id: 'r',
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [{ type: 'message', content: [{ type: 'output_text', text: LONG }] }],
      usage: { ...usage, input_tokens: 12 },
    },
    'openai',
  ],
  [
    'Anthropic',
    '/v1/messages',
    {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: LONG }],
      stop_reason: 'end_turn',
      usage: { ...usage, input_tokens: 12 },
    },
    'anthropic',
  ],
  [
    'Gemini',
    '/v1beta/models/m:generateContent',
    {
      candidates: [{ content: { parts: [{ text: LONG }] } }],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 1, totalTokenCount: 13 },
      modelVersion: 'm',
    },
    'gcp.gemini',
  ],
  [
    'Ollama',
    '/api/generate',
    { model: 'm', response: LONG, done: true, prompt_eval_count: 12, eval_count: 3 },
    'ollama',
  ],
  [
    'Cohere',
    '/v2/chat',
    {
      id: 'c',
      message: { role: 'assistant', content: [{ type: 'text', text: LONG }] },
      finish_reason: 'COMPLETE',
      usage: { tokens: { input_tokens: 12, output_tokens: 1 } },
    },
    'cohere',
  ],
  [
    'Bedrock',
    '/model/m/converse',
    {
      output: { message: { role: 'assistant', content: [{ text: LONG }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 12, outputTokens: 1, totalTokens: 13 },
    },
    'aws.bedrock',
  ],
]
for (const [name, path, answer, provider] of ANSWERS)
  test(`an answer longer than what is copied keeps its counts: ${name}`, async (t) => {
    const whole = JSON.stringify(answer)
    for (const copyBytes of [0, 1000, whole.length - 60, whole.length - 1]) {
      const recorded = validRecorder(t)
      const fetch = captureFetch({
        logger: recorded.logger,
        provider,
        copyBytes,
        prices: [{ match: '*', input: 1, output: 1 }],
        fetch: async () => new Response(whole, { headers: { 'content-type': 'application/json' } }),
      })
      const body = JSON.stringify({ model: 'm', stream: false })
      const response = await fetch(`http://127.0.0.1${path}`, { method: 'POST', body })
      assert.equal((await response.text()).length, whole.length)
      const call = onlyCall(recorded)
      assert.deepEqual([call.status, call.input_tokens, call.usage_source], ['ok', 12, 'provider'])
      assert.equal(call.cost_source, 'override')
    }
  })

test('where the end of a long answer says no counts, the cost is unknown with the reason', async (t) => {
  const recorded = validRecorder(t)
  const whole = JSON.stringify({ usage, choices: [{ message: { content: LONG } }] })
  const fetch = captureFetch({
    logger: recorded.logger,
    provider: 'openai',
    copyBytes: 1000,
    fetch: async () => new Response(whole, { headers: { 'content-type': 'application/json' } }),
  })
  const body = JSON.stringify({ model: 'gpt-4o', messages: [] })
  await (await fetch('http://127.0.0.1/v1/chat/completions', { method: 'POST', body })).text()
  const [call] = calls(recorded)
  assert.deepEqual([call?.status, call?.input_tokens, call?.cost_usd], ['ok', undefined, null])
  assert.match(call?.cost_reason ?? '', /longer than `copyBytes`/)
  assert.deepEqual(recorded.content(call?.span_id ?? '', 'output'), [
    {
      role: 'assistant',
      parts: [{ type: 'blob', mime_type: 'application/json', bytes: whole.length }],
    },
  ])
})

test('counts that stand inside of what was said are not taken for those of the answer', () => {
  const inner = { usage: { prompt_tokens: 9 }, model: 'x' }
  const said = { choices: [{ message: { content: '{"usage":{"prompt_tokens":9}}', args: inner } }] }
  const rest = (value: object): string => JSON.stringify(value).slice(-60)
  assert.deepEqual(cutJson('', rest(said)), {})
  const counted = { ...said, usage: { prompt_tokens: 1 } }
  assert.deepEqual(cutJson('', JSON.stringify(counted).slice(5)), { usage: { prompt_tokens: 1 } })
  assert.deepEqual(cutJson('{"id":"a","model":"m","n":[1', ''), { id: 'a', model: 'm' })
})

test('a hostile end takes few tries', () => {
  const hostile = ',"usage":{'.repeat(2000)
  assert.deepEqual(cutJson(hostile, hostile), {})
})

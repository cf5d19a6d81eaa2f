import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDebug } from '@recount/capture'
import { aiMiddleware } from '@recount/capture/ai'
import { captureFetch } from '../src/index.ts'
import { providerNamed } from '../src/providers/known.ts'
import { onlyCall } from './calls.ts'
import { validRecorder } from './scene.ts'
import { requestOf } from './told.ts'

const DEEP = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
const QUOTED = JSON.stringify(DEEP)
const FAR = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

const chat = (args: string): string =>
  `{"id":"c","model":"m","choices":[{"message":{"role":"assistant","content":"Milk","tool_calls":[{"id":"t","type":"function","function":{"name":"look","arguments":${args}}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}`
const messages = (input: string): string =>
  `{"id":"c","model":"m","role":"assistant","content":[{"type":"text","text":"Milk"},{"type":"tool_use","id":"t","name":"look","input":${input}}],"stop_reason":"tool_use","usage":{"input_tokens":12,"output_tokens":5}}`
const responses = (args: string): string =>
  `{"id":"c","object":"response","model":"m","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Milk"}]},{"type":"function_call","call_id":"t","name":"look","arguments":${args}}],"usage":{"input_tokens":12,"output_tokens":5,"total_tokens":17}}`
const gemini = (args: string): string =>
  `{"candidates":[{"content":{"parts":[{"text":"Milk"},{"functionCall":{"name":"look","args":${args}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":5,"totalTokenCount":17},"modelVersion":"m"}`
const ollama = (args: string): string =>
  `{"model":"m","message":{"role":"assistant","content":"Milk","tool_calls":[{"function":{"name":"look","arguments":${args}}}]},"done":true,"done_reason":"stop","prompt_eval_count":12,"eval_count":5}`
const cohere = (args: string): string =>
  `{"id":"c","message":{"role":"assistant","content":[{"type":"text","text":"Milk"}],"tool_calls":[{"id":"t","function":{"name":"look","arguments":${args}}}]},"finish_reason":"TOOL_CALL","usage":{"tokens":{"input_tokens":12,"output_tokens":5}}}`
const bedrock = (args: string): string =>
  `{"output":{"message":{"role":"assistant","content":[{"text":"Milk"},{"toolUse":{"toolUseId":"t","name":"look","input":${args}}}]}},"stopReason":"tool_use","usage":{"inputTokens":12,"outputTokens":5,"totalTokens":17}}`

const ANSWERS: readonly [string, string, string, string][] = [
  ['OpenAI chat, as text', 'openai', '/v1/chat/completions', chat(QUOTED)],
  ['OpenAI chat, as an object', 'openai', '/v1/chat/completions', chat(DEEP)],
  ['OpenAI chat, 200,000 deep', 'openai', '/v1/chat/completions', chat(JSON.stringify(FAR))],
  ['OpenAI responses', 'openai', '/v1/responses', responses(QUOTED)],
  ['Anthropic', 'anthropic', '/v1/messages', messages(DEEP)],
  ['Gemini', 'gcp.gemini', '/v1beta/models/m:generateContent', gemini(DEEP)],
  ['Ollama', 'ollama', '/api/chat', ollama(DEEP)],
  ['Cohere', 'cohere', '/v2/chat', cohere(QUOTED)],
  ['Bedrock', 'aws.bedrock', '/model/m/converse', bedrock(DEEP)],
]
for (const [name, provider, path, answer] of ANSWERS)
  test(`a part of an answer that is too deep to be read loses only itself: ${name}`, async (t) => {
    const recorded = validRecorder(t)
    const fetch = captureFetch({
      logger: recorded.logger,
      provider,
      fetch: async () => new Response(answer, { headers: { 'content-type': 'application/json' } }),
    })
    const body = JSON.stringify({
      model: 'm',
      stream: false,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    const response = await fetch(`http://127.0.0.1${path}`, { method: 'POST', body })
    assert.equal(await response.text(), answer)
    const call = onlyCall(recorded)
    assert.deepEqual(
      [call.status, call.input_tokens, call.output_tokens, call.usage_source],
      ['ok', 12, 5, 'provider'],
    )
    assert.deepEqual(call.tools?.called, ['look'])
    assert.match(JSON.stringify(recorded.content(call.span_id, 'output')), /Milk/)
  })

test('where what was said cannot be read at all, what was counted is', () => {
  const body = {
    id: 'c',
    model: 'm',
    choices: [
      {
        get message(): unknown {
          throw new Error('no')
        },
      },
    ],
    usage: { prompt_tokens: 12, completion_tokens: 5 },
  }
  const facts = providerNamed('openai').answer(body, requestOf('openai.chat'))
  assert.deepEqual([facts.response_model, facts.input_tokens], ['m', 12])
})

const sse = (...events: string[]): string => events.map((data) => `data: ${data}\n\n`).join('')
const STREAMS: readonly [string, string, string, string][] = [
  [
    'OpenAI chat',
    'openai',
    '/v1/chat/completions',
    sse(
      '{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Milk"}}]}',
      `{"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"look","arguments":${QUOTED}}}]}}]}`,
      '{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":12,"completion_tokens":5}}',
      '[DONE]',
    ),
  ],
  [
    'Anthropic',
    'anthropic',
    '/v1/messages',
    sse(
      '{"type":"message_start","message":{"id":"c","model":"m","role":"assistant","usage":{"input_tokens":12,"output_tokens":1}}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Milk"}}',
      '{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"look","input":{}}}',
      `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":${QUOTED}}}`,
      '{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}',
      '{"type":"message_stop"}',
    ),
  ],
]
for (const [name, provider, path, answer] of STREAMS)
  test(`a part of a stream that is too deep to be read loses only itself: ${name}`, async (t) => {
    const recorded = validRecorder(t)
    const fetch = captureFetch({
      logger: recorded.logger,
      provider,
      fetch: async () => new Response(answer, { headers: { 'content-type': 'text/event-stream' } }),
    })
    const body = JSON.stringify({ model: 'm', stream: true, messages: [] })
    const response = await fetch(`http://127.0.0.1${path}`, { method: 'POST', body })
    assert.equal(await response.text(), answer)
    const call = onlyCall(recorded)
    assert.deepEqual([call.status, call.input_tokens, call.output_tokens], ['ok', 12, 5])
    assert.match(JSON.stringify(recorded.content(call.span_id, 'output')), /Milk/)
  })

const deepRequest = (inner: string): string =>
  `{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"look","arguments":${inner}}}]},{"role":"tool","tool_call_id":"t","content":${inner}}],"tools":[{"type":"function","function":{"name":"look","parameters":${inner}}}],"metadata":${inner}}`
const REQUESTS = [deepRequest(QUOTED), deepRequest(DEEP), deepRequest(FAR)]
for (const [place, request] of REQUESTS.entries())
  test(`a request that is too deep to be read is recorded with its answer (${place})`, async (t) => {
    const recorded = validRecorder(t)
    const fetch = captureFetch({
      logger: recorded.logger,
      provider: 'openai',
      fetch: async () => Response.json(JSON.parse(chat('"{}"'))),
    })
    const url = 'http://127.0.0.1/v1/chat/completions'
    await (await fetch(url, { method: 'POST', body: request })).text()
    const call = onlyCall(recorded)
    assert.deepEqual([call.status, call.model, call.input_tokens], ['ok', 'm', 12])
    assert.match(JSON.stringify(recorded.content(call.span_id, 'output')), /Milk/)
  })

test('the same holds for hooks of SDKs and for clients of createDebug', async (t) => {
  const hooked = validRecorder(t)
  const usage = { inputTokens: { total: 12 }, outputTokens: { total: 5 } }
  await aiMiddleware({ logger: hooked.logger }).wrapGenerate({
    model: { provider: 'openai', modelId: 'm' },
    params: {
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            { type: 'x', value: JSON.parse(DEEP) },
          ],
        },
      ],
    },
    doGenerate: async () => ({
      content: [
        { type: 'text', text: 'Milk' },
        { type: 'tool-call', toolCallId: 't', toolName: 'look', input: DEEP },
      ],
      usage,
    }),
    doStream: async () => undefined,
  })
  assert.equal(onlyCall(hooked).input_tokens, 12)
  const asked = validRecorder(t)
  const debug = createDebug({ logger: asked.logger, client: async () => JSON.parse(chat(DEEP)) })
  await debug.callLlm({}, [{ role: 'user', content: 'Hi', more: JSON.parse(DEEP) }], { model: 'm' })
  assert.equal(onlyCall(asked).input_tokens, 12)
})

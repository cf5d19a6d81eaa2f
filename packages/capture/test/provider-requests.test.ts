import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Provider, RequestFacts } from '../src/provider.ts'
import { PROVIDERS, providerNamed, providerOf } from '../src/providers/known.ts'
import { SAMPLE_REQUESTS } from './sample-requests.ts'

function sample(part: string): RequestFacts {
  const [address, body] = SAMPLE_REQUESTS.find(([url]) => url.includes(part)) ?? ['', undefined]
  const url = new URL(address)
  const facts = (providerOf(url.host) as Provider).request(url, body)
  assert.ok(facts)
  return facts
}

test('chat completions: messages are canonical, parameters as sent, uploads are named', () => {
  const { params, input, state, ...facts } = sample('/chat/completions')
  assert.deepEqual(params, { temperature: 0 })
  assert.deepEqual(state, { file_ids: 'file-1' })
  assert.deepEqual(input, [
    { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'What is this?' },
        { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
        { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: 'AAAA' },
        { type: 'file', modality: 'document', file_id: 'file-1' },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'tool_call', id: 'call_1', name: 'look_up', arguments: { q: 1 } },
        { type: 'tool_call', id: 'call_2', name: 'run', arguments: 'select 1' },
      ],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'found' }] },
  ])
  assert.equal(facts.model, 'gpt-5')
  assert.equal(facts.stream, true)
  assert.equal(facts.operation, 'chat')
  assert.ok(Array.isArray(facts.tools))
})

test('responses: what the provider holds is named, and stays out of the parameters', () => {
  const { params, input, system, state } = sample('/v1/responses')
  assert.deepEqual(params, { reasoning: { effort: 'low' } })
  assert.deepEqual(system, [{ type: 'text', content: 'Be brief.' }])
  assert.deepEqual(state, {
    previous_response_id: 'resp_1',
    conversation: 'conv_1',
    file_ids: 'file-1',
    item_references: 'msg_1',
    vector_store_ids: 'vs_1',
  })
  assert.deepEqual((input as unknown[]).slice(0, 3), [
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'Hello' },
        { type: 'file', modality: 'document', file_id: 'file-1' },
      ],
    },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'call_1', name: 'look_up', arguments: {} }],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'found' }] },
  ])
})

test('Anthropic: system, blocks, tool results and files', () => {
  const { params, input, system, state } = sample('/v1/messages')
  assert.deepEqual(params, { max_tokens: 100 })
  assert.deepEqual(system, [{ type: 'text', content: 'Be brief.' }])
  assert.deepEqual(state, { container: 'container_1', file_ids: 'file_1' })
  assert.deepEqual(input, [
    {
      role: 'user',
      parts: [
        { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
        { type: 'file', modality: 'document', file_id: 'file_1' },
        { type: 'text', content: 'What is this?' },
      ],
    },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'toolu_1', name: 'look_up', arguments: { q: 1 } }],
    },
    {
      role: 'user',
      parts: [{ type: 'tool_call_response', id: 'toolu_1', response: 'none', is_error: true }],
    },
  ])
})

test('Gemini: the model is in the path, and the configuration is the parameters', () => {
  const { params, input, system, state, model, stream, operation } = sample(':streamGenerate')
  assert.deepEqual([model, stream, operation], ['gemini-2.5-flash', true, 'generate_content'])
  assert.deepEqual(params, { temperature: 0, maxOutputTokens: 10 })
  assert.deepEqual(system, [{ type: 'text', content: 'Be brief.' }])
  assert.equal(state?.cached_content, 'cachedContents/1')
  assert.deepEqual((input as unknown[]).slice(1), [
    { role: 'assistant', parts: [{ type: 'tool_call', name: 'look_up', arguments: { q: 1 } }] },
    {
      role: 'user',
      parts: [{ type: 'tool_call_response', id: 'look_up', response: { found: 1 } }],
    },
  ])
})

test('Cohere, Ollama and Bedrock speak the same canonical words', () => {
  for (const part of ['/v2/chat', '/api/chat', '/converse']) {
    const { input, model } = sample(part)
    const types = (input as { parts: { type: string }[] }[]).flatMap(({ parts }) =>
      parts.map(({ type }) => type),
    )
    assert.ok(types.includes('tool_call') && types.includes('tool_call_response'), part)
    assert.notEqual(model, 'unknown')
  }
  assert.equal(sample('/api/chat').stream, true)
  assert.equal(sample('/converse').params.temperature, 0)
})

test('a host tells its provider', () => {
  const hosts: Record<string, string> = {
    'api.openai.com': 'openai',
    'eu.api.openai.com': 'openai',
    'api.anthropic.com': 'anthropic',
    'my-company.openai.azure.com': 'azure.ai.openai',
    'x.services.ai.azure.com': 'azure.ai.inference',
    'generativelanguage.googleapis.com': 'gcp.gemini',
    'us-central1-aiplatform.googleapis.com': 'gcp.vertex_ai',
    'aiplatform.googleapis.com': 'gcp.vertex_ai',
    'bedrock-runtime.eu-central-1.amazonaws.com': 'aws.bedrock',
    'api.groq.com': 'groq',
    'api.deepseek.com': 'deepseek',
    'api.x.ai': 'x_ai',
    'api.perplexity.ai': 'perplexity',
    'api.mistral.ai': 'mistral_ai',
    'api.together.xyz': 'together',
    'api.fireworks.ai': 'fireworks',
    'openrouter.ai': 'openrouter',
    'api.cohere.com': 'cohere',
    'localhost:11434': 'ollama',
    'API.OPENAI.COM': 'openai',
  }
  for (const [host, name] of Object.entries(hosts)) assert.equal(providerOf(host)?.name, name, host)
  for (const host of ['example.com', 'api.openai.com.evil.example', 'evilapi.openai.com.example'])
    assert.equal(providerOf(host), undefined, host)
  assert.equal(new Set(PROVIDERS.map(({ name }) => name)).size, PROVIDERS.length)
})

test('what is no model call is none', () => {
  const paths: [string, string][] = [
    ['api.openai.com', '/v1/models'],
    ['api.openai.com', '/v1/files'],
    ['api.openai.com', '/v1/batches'],
    ['api.openai.com', '/v1/responses/resp_1/cancel'],
    ['api.openai.com', '/v1/responses/input_tokens'],
    ['api.anthropic.com', '/v1/messages/count_tokens'],
    ['api.anthropic.com', '/v1/messages/batches'],
    ['generativelanguage.googleapis.com', '/v1beta/models/gemini-2.5-flash:countTokens'],
    ['generativelanguage.googleapis.com', '/v1beta/cachedContents'],
    ['api.cohere.com', '/v1/tokenize'],
  ]
  for (const [host, path] of paths) {
    const facts = providerOf(host)?.request(new URL(`https://${host}${path}`), { model: 'any' })
    assert.equal(facts, undefined, path)
  }
})

test('the path of a request says in which format a gateway is spoken to', () => {
  const gateway = providerNamed('gateway')
  const apis: Record<string, string> = {
    '/v1/chat/completions': 'openai.chat',
    '/openai/deployments/my%20gpt/chat/completions': 'openai.chat',
    '/v1/responses': 'openai.responses',
    '/v1/completions': 'openai.completions',
    '/v1/embeddings': 'openai.media',
    '/v1/images/generations': 'openai.media',
    '/v1/audio/transcriptions': 'openai.media',
    '/anthropic/v1/messages': 'anthropic.messages',
    '/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict':
      'anthropic.messages',
    '/v1beta/models/gemini-2.5-flash:generateContent': 'gemini.generate_content',
    '/v1/projects/p/locations/l/publishers/google/models/gemini:streamGenerateContent':
      'gemini.generate_content',
    '/v1beta/models/text-embedding-004:embedContent': 'gemini.predict',
    '/v2/chat': 'cohere.chat',
    '/v2/embed': 'cohere.data',
    '/api/generate': 'ollama.native',
    '/model/amazon.nova-lite-v1%3A0/converse-stream': 'bedrock.converse',
    '/model/anthropic.claude-3/invoke': 'bedrock.invoke',
  }
  for (const [path, api] of Object.entries(apis)) {
    const facts = gateway.request(new URL(`https://gateway.invalid${path}`), {})
    assert.equal(facts?.api, api, path)
  }
})

test('the model is found in the path where it is not in the body', () => {
  const models: [string, string, string][] = [
    ['x.openai.azure.com', '/openai/deployments/my%20gpt/chat/completions', 'my gpt'],
    [
      'aiplatform.googleapis.com',
      '/v1/publishers/anthropic/models/claude-x:rawPredict',
      'claude-x',
    ],
    ['generativelanguage.googleapis.com', '/v1beta/models/gemini-x:generateContent', 'gemini-x'],
    ['bedrock-runtime.us-east-1.amazonaws.com', '/model/amazon.nova%3A0/converse', 'amazon.nova:0'],
    ['bedrock-runtime.us-east-1.amazonaws.com', '/model/%E0%A4/converse', '%E0%A4'],
  ]
  for (const [host, path, model] of models)
    assert.equal(providerOf(host)?.request(new URL(`https://${host}${path}`), {})?.model, model)
})

test('an upload is a model call though its body is no JSON', () => {
  const url = new URL('https://api.openai.com/v1/audio/transcriptions')
  const facts = providerOf(url.host)?.request(url, undefined)
  assert.deepEqual([facts?.operation, facts?.model], ['transcription', 'unknown'])
})

test('request ids and rate limits are read from headers', () => {
  const [openai, anthropic] = [providerNamed('openai'), providerNamed('anthropic')]
  assert.deepEqual(
    openai.headers(
      new Headers({
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-requests': '99',
        'x-ratelimit-reset-requests': '6m0s',
        'content-type': 'application/json',
      }),
    ),
    {
      provider_request_id: 'req_1',
      rate_limit: { 'x-ratelimit-remaining-requests': 99, 'x-ratelimit-reset-requests': '6m0s' },
    },
  )
  assert.deepEqual(
    anthropic.headers(
      new Headers({ 'request-id': 'req_2', 'anthropic-ratelimit-tokens-limit': '80000' }),
    ),
    { provider_request_id: 'req_2', rate_limit: { 'anthropic-ratelimit-tokens-limit': 80_000 } },
  )
  assert.deepEqual(openai.headers(new Headers()), {})
})

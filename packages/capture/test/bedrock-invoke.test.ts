import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedrockAnswer, bedrockReader, bedrockRequest } from '../src/providers/bedrock.ts'
import { told } from './told.ts'

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** What InvokeModel returns of each family, and what that says: text, input and output tokens, the end. */
const ANSWERS: readonly [modelId: string, body: unknown, said: unknown[]][] = [
  [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    {
      type: 'message',
      content: [{ type: 'text', text: 'Yes.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 2 },
    },
    ['Yes.', 10, 2, 'end_turn'],
  ],
  [
    'amazon.nova-lite-v1:0',
    {
      output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 12, cacheReadInputTokenCount: 7 },
    },
    ['Yes.', 10, 2, 'end_turn'],
  ],
  [
    'amazon.titan-text-express-v1',
    {
      inputTextTokenCount: 3,
      results: [{ tokenCount: 2, outputText: 'Yes.', completionReason: 'FINISH' }],
    },
    ['Yes.', 3, 2, 'FINISH'],
  ],
  [
    'meta.llama3-8b-instruct-v1:0',
    { generation: 'Yes.', prompt_token_count: 3, generation_token_count: 2, stop_reason: 'stop' },
    ['Yes.', 3, 2, 'stop'],
  ],
  [
    'mistral.mistral-7b-instruct-v0:2',
    { outputs: [{ text: 'Yes.', stop_reason: 'length' }] },
    ['Yes.', undefined, undefined, 'length'],
  ],
  [
    'openai.gpt-oss-20b-1:0',
    {
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    },
    ['Yes.', 3, 2, 'stop'],
  ],
]

test('InvokeModel: each family of models answers in its own form', () => {
  for (const [modelId, body, said] of ANSWERS) {
    const request = bedrockRequest('InvokeModelCommand', {
      modelId,
      body: bytes({ prompt: 'Well?' }),
    })
    assert.ok(request)
    const { text, usage, finish } = told(bedrockAnswer(request, { body: bytes(body) }))
    assert.deepEqual([text, usage.input, usage.output, finish], said, modelId)
    assert.equal(request.model, modelId)
  }
})

test('InvokeModel: each family is asked in its own form', () => {
  const bodies: [string, unknown, string][] = [
    ['anthropic.claude-3', { messages: [{ role: 'user', content: 'Well?' }] }, 'chat'],
    [
      'amazon.nova-lite-v1:0',
      { messages: [{ role: 'user', content: [{ text: 'Well?' }] }], inferenceConfig: {} },
      'chat',
    ],
    ['meta.llama3', { prompt: 'Well?', temperature: 0 }, 'text_completion'],
    ['amazon.titan-text', { inputText: 'Well?', textGenerationConfig: {} }, 'text_completion'],
    ['amazon.titan-embed-text-v2:0', { inputText: 'Well?' }, 'embeddings'],
    ['openai.gpt-oss', { messages: [{ role: 'user', content: 'Well?' }] }, 'chat'],
  ]
  for (const [modelId, body, operation] of bodies) {
    const request = bedrockRequest('InvokeModelWithResponseStreamCommand', {
      modelId,
      body: JSON.stringify(body),
    })
    assert.deepEqual(request?.input, [
      { role: 'user', parts: [{ type: 'text', content: 'Well?' }] },
    ])
    assert.deepEqual(
      [request?.operation, request?.stream, request?.api],
      [operation, true, 'bedrock.invoke'],
    )
  }
})

test('InvokeModelWithResponseStream: chunks of each family are put together, with the counts of Bedrock', () => {
  const metrics = {
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: 3,
      outputTokenCount: 2,
      cacheReadInputTokenCount: 7,
    },
  }
  const streams: [string, unknown[], unknown[]][] = [
    [
      'meta.llama3',
      [
        { generation: 'Ye', stop_reason: null },
        { generation: 's.', stop_reason: 'stop', ...metrics },
      ],
      ['Yes.', 10, 2, 'stop'],
    ],
    [
      'anthropic.claude-3',
      [
        {
          type: 'message_start',
          message: {
            id: 'm',
            role: 'assistant',
            content: [],
            usage: { input_tokens: 3, output_tokens: 1 },
          },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Yes.' } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
        { type: 'message_stop', ...metrics },
      ],
      ['Yes.', 3, 2, 'end_turn'],
    ],
    [
      'amazon.nova-lite-v1:0',
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Yes.' } } },
        { messageStop: { stopReason: 'end_turn' } },
        { metadata: { usage: { inputTokens: 3, outputTokens: 2 } }, ...metrics },
      ],
      ['Yes.', 3, 2, 'end_turn'],
    ],
  ]
  for (const [modelId, chunks, said] of streams) {
    const request = bedrockRequest('InvokeModelWithResponseStreamCommand', { modelId, body: '{}' })
    assert.ok(request)
    const reader = bedrockReader(request)
    const signs = chunks.map((chunk) => reader.add({ chunk: { bytes: bytes(chunk) } }))
    const { text, usage, finish } = told(reader.result())
    assert.deepEqual([text, usage.input, usage.output, finish], said, modelId)
    assert.ok(signs.includes(true))
    assert.equal(reader.complete, true)
  }
})

test('an exception in the middle of the chunks is an error, and what came before it stays', () => {
  const request = bedrockRequest('InvokeModelWithResponseStreamCommand', { modelId: 'x', body: '' })
  assert.ok(request)
  const reader = bedrockReader(request)
  reader.add({ chunk: { bytes: bytes({ generation: 'Ye' }) } })
  reader.add({ modelTimeoutException: { message: 'Too slow' } })
  const facts = reader.result()
  assert.deepEqual(facts.failure, { type: 'modelTimeoutException', message: 'Too slow' })
  assert.equal(told(facts).text, 'Ye')
})

test('commands that are no model calls, and bodies that are no JSON, are left alone', () => {
  assert.equal(bedrockRequest('ApplyGuardrailCommand', { modelId: 'x' }), undefined)
  const request = bedrockRequest('InvokeModelCommand', { modelId: 'x', body: new Uint8Array([1]) })
  assert.equal(request?.model, 'x')
  assert.deepEqual(bedrockAnswer(request ?? assert.fail(), { body: 'no JSON' }), {})
})

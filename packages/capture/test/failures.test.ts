import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { failureOf } from '../src/providers/failure.ts'
import { DATA, needsData } from './data-set.ts'
import { readerFor } from './told.ts'

test('each provider words its errors in its own way', () => {
  const bodies: [unknown, { type: string; code?: string | number; message: string }][] = [
    [
      {
        error: { message: 'Slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' },
      },
      { type: 'requests', code: 'rate_limit_exceeded', message: 'Slow down' },
    ],
    [
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { type: 'overloaded_error', message: 'Overloaded' },
    ],
    [
      [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota' } }],
      { type: 'RESOURCE_EXHAUSTED', code: 429, message: 'Quota' },
    ],
    [{ error: "model 'x' not found" }, { type: 'error', message: "model 'x' not found" }],
    [
      { object: 'error', message: 'Unauthorized', type: 'invalid_request_error', code: 401 },
      { type: 'invalid_request_error', code: 401, message: 'Unauthorized' },
    ],
    [
      { detail: [{ loc: ['body', 'messages'], msg: 'field required', type: 'missing' }] },
      { type: 'missing', message: 'body.messages: field required' },
    ],
    [{ detail: 'Not authenticated' }, { type: 'error', message: 'Not authenticated' }],
    [{ message: 'invalid api token' }, { type: 'error', message: 'invalid api token' }],
    [
      { __type: 'com.amazon.coral.service#ThrottlingException', message: 'Too many tokens' },
      { type: 'ThrottlingException', message: 'Too many tokens' },
    ],
    [
      { statusCode: 401, message: 'Access denied due to invalid subscription key' },
      { type: '401', code: 401, message: 'Access denied due to invalid subscription key' },
    ],
    [
      { error: { message: 'Provider returned error', code: 502, metadata: {} } },
      { type: '502', code: 502, message: 'Provider returned error' },
    ],
    [
      { code: 'Client specified an invalid argument', error: 'No content' },
      { type: 'Client specified an invalid argument', message: 'No content' },
    ],
    ['upstream connect error', { type: 'error', message: 'upstream connect error' }],
    ['{"error":{"type":"t","message":"m"}}', { type: 't', message: 'm' }],
  ]
  for (const [body, failure] of bodies) assert.deepEqual(failureOf(body), failure)
  for (const body of [undefined, null, '', ' ', {}, [], { choices: [] }, 7])
    assert.equal(failureOf(body), undefined)
})

test('errors in the middle of a stream are errors in each format, and the answer before them stays', () => {
  const streams: [string, string[], string][] = [
    [
      'openai.chat',
      [
        '{"choices":[{"index":0,"delta":{"content":"Hel"}}]}',
        '{"error":{"message":"Provider disconnected","code":502}}',
      ],
      '502',
    ],
    [
      'anthropic.messages',
      [
        '{"type":"message_start","message":{"id":"m","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}',
        '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
        '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}',
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      ],
      'overloaded_error',
    ],
    [
      'openai.responses',
      [
        '{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hel"}',
        '{"type":"error","code":"server_error","message":"Sorry","param":null}',
      ],
      'server_error',
    ],
    [
      'gemini.generate_content',
      [
        '{"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]}',
        '{"error":{"code":503,"status":"UNAVAILABLE","message":"Overloaded"}}',
      ],
      'UNAVAILABLE',
    ],
    ['ollama.native', ['{"message":{"content":"Hel"}}', '{"error":"out of memory"}'], 'error'],
    [
      'bedrock.converse',
      [
        '{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"Hel"}}}',
        '{"throttlingException":{"message":"Too many requests"}}',
      ],
      'throttlingException',
    ],
  ]
  for (const [api, events, type] of streams) {
    const reader = readerFor(api)
    for (const data of events) reader.take({ data })
    const { failure, output } = reader.result()
    assert.equal(failure?.type, type, api)
    assert.notEqual(failure?.message, '')
    assert.match(JSON.stringify(output), /Hel/)
    assert.equal(reader.complete, false, api)
  }
})

test('every body of the collected errors is read as one', needsData, () => {
  const errors = readFileSync(`${DATA}errors/corpus-dev.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  // Others are errors as SDKs throw them.
  const bodies = errors.filter(({ raw }) => raw?.error || raw?.message || raw?.detail)
  for (const { id, raw } of bodies) {
    const failure = failureOf(raw)
    assert.ok(failure !== undefined && failure.type !== '', id)
  }
  assert.ok(bodies.length > 20)
})

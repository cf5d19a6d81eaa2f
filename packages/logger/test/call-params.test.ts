import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callParams } from '../src/call-params.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const CANARY = 'c4n4ry'
const SENTENCE = `What did ${CANARY} say?`

const SENT: Readonly<Record<string, unknown>> = {
  temperature: 0,
  top_p: 0.5,
  stream: false,
  stop: [],
  seed: null,
  max_tokens: 100,
  user: '',
  model: 'acme/large-2026-05-01:free',
  tool_choice: { type: 'function', function: { name: 'get_weather' } },
  reasoning: { effort: 'high', summary: 'auto' },
  text: { verbosity: 'low', format: { type: 'text' } },
  stop_sequences: ['\n\nHuman:', '###', '<|end|>'],
  logit_bias: { 50256: -100 },
  modalities: ['text', 'audio'],
  stream_options: { include_usage: true },
  config: { thinkingConfig: { thinkingBudget: 0 } },
  response_format: 'json_object',
  base_url: 'https://api.acme.example/v1',
}

test('parameters are kept as sent, falsy values too', (t) => {
  const { logger, records } = validRecorder(t)
  logger.llm({ ...CALL, params: SENT, content: false }, () => 1)
  assert.deepEqual(records('llm_call')[0]?.params, SENT)
})

const CONTENT: readonly [string, unknown, unknown][] = [
  [
    'config.systemInstruction',
    { config: { systemInstruction: CANARY } },
    { config: { systemInstruction: '[Content]' } },
  ],
  ['config.tools', { config: { tools: [{ name: CANARY }] } }, { config: { tools: '[Content]' } }],
  [
    'prediction.content',
    { prediction: { type: 'content', content: CANARY } },
    { prediction: { type: 'content', content: '[Content]' } },
  ],
  [
    'body.messages',
    { body: { n: 1, messages: [CANARY] } },
    { body: { n: 1, messages: '[Content]' } },
  ],
  ['body as JSON', { body: `{"messages":["${CANARY}"]}` }, { body: '[Content]' }],
  ['body of one word', { body: `prompt=${CANARY}` }, { body: '[Content]' }],
  ['JSON under any key', { anything: `["${CANARY}"]` }, { anything: '[Content]' }],
  [
    'extra_body.system',
    { extra_body: { system: CANARY } },
    { extra_body: { system: '[Content]' } },
  ],
  ...[
    'preamble',
    'chat_history',
    'chatHistory',
    'message',
    'documents',
    'inputs',
    'suffix',
    'history',
    'messages',
    'system',
  ].flatMap((key): [string, unknown, unknown][] => [
    [key, { [key]: CANARY }, { [key]: '[Content]' }],
    [`a list in ${key}`, { [key]: [CANARY] }, { [key]: '[Content]' }],
  ]),
  [
    'falsy values of content keys',
    { system: null, messages: [], prefix: false, suffix: '' },
    { system: null, messages: [], prefix: false, suffix: '' },
  ],
  ['a sentence', { unknown: SENTENCE }, { unknown: '[Content]' }],
  ['two words', { unknown: `by\u00a0${CANARY}` }, { unknown: '[Content]' }],
  ['words of other scripts', { unknown: `${CANARY}の天気` }, { unknown: '[Content]' }],
  ['a long word', { unknown: CANARY.repeat(11) }, { unknown: '[Content]' }],
  ['a list with a sentence', { stop: ['END', SENTENCE] }, { stop: '[Content]' }],
  ['a list of objects', { anything: [{ a: CANARY }] }, { anything: '[Content]' }],
  ['a text in pieces', { anything: Array(65).fill(CANARY) }, { anything: '[Content]' }],
  ['a list of lists', { anything: [[CANARY]] }, { anything: '[Content]' }],
  [
    'what is deep',
    { a: { b: { c: { d: { e: CANARY }, n: 4 } } } },
    { a: { b: { c: { d: '[Content]', n: 4 } } } },
  ],
  ['a sentence as a key', { map: { [SENTENCE]: 1 } }, { map: { '[Content]': 1 } }],
  [
    'a schema, of which type and name stay',
    {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'dose',
          strict: true,
          description: CANARY,
          schema: {
            type: 'object',
            properties: { [CANARY]: { type: 'string' } },
            required: [CANARY],
          },
        },
      },
    },
    {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'dose',
          strict: true,
          description: '[Content]',
          schema: { type: 'object', properties: '[Content]', required: '[Content]' },
        },
      },
    },
  ],
  [
    "a schema of Google's",
    { config: { responseSchema: { type: 'STRING', enum: [CANARY] } } },
    { config: { responseSchema: { type: 'STRING', enum: '[Content]' } } },
  ],
]
for (const [name, params, expected] of CONTENT) {
  test(`what may be content is not kept among parameters: ${name}`, (t) => {
    const { logger, lines, records } = validRecorder(t)
    logger.llm({ ...CALL, params: params as Record<string, unknown>, content: false }, () => 1)
    assert.deepEqual(records('llm_call')[0]?.params, expected)
    assert.doesNotMatch(JSON.stringify(lines), new RegExp(CANARY))
  })
}

test('credentials among parameters are masked, by key and by shape', () => {
  const key = ['sk', 'a1b2c3d4e5f6a7b8c9d0'].join('-')
  const params = { headers: { authorization: CANARY }, api_key: CANARY, other: key, list: [key] }
  assert.deepEqual(callParams(params), {
    headers: '[REDACTED]',
    api_key: '[REDACTED]',
    other: '[REDACTED]',
    list: ['[REDACTED]'],
  })
})

test('what is no object has no parameters', () => {
  for (const value of [undefined, null, 'text', 5, [1]]) assert.equal(callParams(value), undefined)
})

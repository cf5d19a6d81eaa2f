import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContentPart } from '@recount/record'
import type { Plain } from '@recount/redact'
import { toMessages } from '../src/content-shape.ts'
import { validRecorder } from './helpers.ts'

const text = (content: string): Plain => ({ type: 'text', content })

const SHAPES: readonly [string, Plain, Plain][] = [
  ['a text', 'hi', [{ role: 'user', parts: [text('hi')] }]],
  [
    'several texts',
    ['a', 'b'],
    [
      { role: 'user', parts: [text('a')] },
      { role: 'user', parts: [text('b')] },
    ],
  ],
  ['one message', { role: 'system', content: 'hi' }, [{ role: 'system', parts: [text('hi')] }]],
  ['a message without a role', [{ content: 'hi' }], [{ role: 'user', parts: [text('hi')] }]],
  [
    'other keys of a message, which stay',
    [{ role: 'user', content: 'hi', name: 'ada' }],
    [{ role: 'user', parts: [text('hi')], name: 'ada' }],
  ],
  [
    'messages in our shape, which stay',
    [{ role: 'user', parts: [text('hi')] }],
    [{ role: 'user', parts: [text('hi')] }],
  ],
  [
    "Google's parts",
    [{ role: 'model', parts: [{ text: 'hi' }] }],
    [{ role: 'model', parts: [text('hi')] }],
  ],
  [
    "OpenAI's chat with tools",
    [
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'get', arguments: '{"a":1}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    ],
    [
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'get', arguments: '{"a":1}' }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'sunny' }] },
    ],
  ],
  [
    "OpenAI's items of the Responses API",
    [
      { type: 'reasoning', summary: [] },
      { type: 'function_call', id: 'f', call_id: 'c1', name: 'get', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'sunny' },
      { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    ],
    [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: [] },
          { type: 'tool_call', id: 'c1', name: 'get', arguments: '{}' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'sunny' }] },
      { role: 'user', parts: [text('hi')] },
    ],
  ],
  [
    "Anthropic's messages with tools",
    [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'x' },
          { type: 'text', text: 'hi' },
          { type: 'tool_use', id: 'c1', name: 'get', input: { a: 1 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'sunny' }] },
    ],
    [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          text('hi'),
          { type: 'tool_call', id: 'c1', name: 'get', arguments: { a: 1 } },
        ],
      },
      { role: 'user', parts: [{ type: 'tool_call_response', id: 'c1', response: 'sunny' }] },
    ],
  ],
  ['what nobody knows, which stays', [{ foo: 1 }, 5, null, [1]], [{ foo: 1 }, 5, null, [1]]],
  [
    'empty content',
    [
      { role: 'user', content: '' },
      { role: 'user', content: [] },
    ],
    [
      { role: 'user', parts: [text('')] },
      { role: 'user', parts: [] },
    ],
  ],
]
for (const [name, value, expected] of SHAPES)
  test(`messages become role and parts: ${name}`, () =>
    assert.deepEqual(toMessages(value, 'user'), expected))

test("the content of Anthropic's reply is one message of the assistant", () => {
  const content = [
    { type: 'text', text: 'let me see' },
    { type: 'tool_use', id: 'c1', name: 'get', input: {} },
  ]
  assert.deepEqual(toMessages(content, 'assistant'), [
    {
      role: 'assistant',
      parts: [text('let me see'), { type: 'tool_call', id: 'c1', name: 'get', arguments: {} }],
    },
  ])
})

const bytes = Buffer.from('c4n4ry'.repeat(100)).toString('base64')
const url = `data:image/png;base64,${bytes}`
const UPLOADS: readonly [string, unknown][] = [
  ["OpenAI's image", [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]],
  [
    "OpenAI's file",
    [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf', file_data: url } }] }],
  ],
  [
    "OpenAI's audio",
    [
      {
        role: 'user',
        content: [{ type: 'input_audio', input_audio: { data: bytes, format: 'wav' } }],
      },
    ],
  ],
  [
    "OpenAI's image of the Responses API",
    [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }],
  ],
  [
    "Anthropic's image",
    [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: bytes } },
        ],
      },
    ],
  ],
  [
    "Anthropic's image inside a tool result",
    [
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: bytes } },
            ],
          },
        ],
      },
    ],
  ],
  [
    "Google's inline data",
    [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: bytes } }] }],
  ],
  [
    'bytes themselves',
    [{ role: 'user', content: [{ type: 'image', image: Buffer.from(bytes, 'base64') }] }],
  ],
]
for (const [name, input] of UPLOADS) {
  test(`uploads in messages become type and size: ${name}`, (t) => {
    const { logger, records } = validRecorder(t)
    logger.llm({ provider: 'acme', model: 'm', input }, () => undefined)
    const kept = JSON.stringify(records('content'))
    assert.ok(!kept.includes(bytes.slice(0, 40)))
    assert.match(kept, /\[Upload|\[Binary/)
  })
}

test('uploads in any other part become type and size too', (t) => {
  const { logger, records } = validRecorder(t)
  const image = { type: 'image', data: bytes }
  logger.tool({ tool: 'draw', arguments: { image } }, () => ({ images: [{ b64_json: bytes }] }))
  assert.ok(!JSON.stringify(records('content')).includes(bytes.slice(0, 40)))
})

test('a long text under the key data is no upload', (t) => {
  const { logger, records } = validRecorder(t)
  const data = 'name, dose in mg, remark\n'.repeat(100)
  logger.tool({ tool: 'table', arguments: { data } }, () => undefined)
  assert.deepEqual(records('content')[0]?.content, { data })
})

test('of files only type, size and digest are kept, not even their names', (t) => {
  const { logger, records } = validRecorder(t)
  const data = Buffer.from('c4n4ry')
  const files = [
    { name: 'a.png', mime_type: 'image/png', data },
    new File(['c4n4ry'], 'b.txt', { type: 'text/plain' }),
    data,
    'c4n4ry',
    {
      file_id: 'file-1',
      get data(): never {
        throw new Error('no')
      },
    },
    null,
    7,
  ]
  logger.llm({ provider: 'acme', model: 'm', files }, () => undefined)
  const [line] = records('content')
  const [first] = (line?.content ?? []) as { digest: string }[]
  const digest = first?.digest
  assert.match(digest ?? '', /^hmac-sha256:/)
  assert.deepEqual(line?.content, [
    { type: 'image/png', size: 6, digest },
    { type: 'text/plain', size: 6 },
    { size: 6, digest },
    { size: 6, digest },
    {},
    {},
    {},
  ])
  assert.equal(line?.part, 'files' satisfies ContentPart)
})

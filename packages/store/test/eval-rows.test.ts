import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVAL_FORMATS, evalRow } from '../src/index.ts'
import { exampleOf, exported, storeOf } from './examples.ts'
import { call, content, message, record, spanId } from './records.ts'

const TOOL_CONVERSATION = {
  system: [
    { type: 'text', content: 'You are brief.' },
    { type: 'text', content: 'The user is a child.' },
  ],
  tools: [{ name: 'weather', description: 'Of a town', input_schema: { type: 'object' } }],
  input: [
    message('user', 'Weather in Oslo and Rome?'),
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'two calls' },
        { type: 'text', content: 'I will look.' },
        { type: 'tool_call', id: 't1', name: 'weather', arguments: { town: 'Oslo' } },
        { type: 'tool_call', name: 'weather', arguments: '{"town":"Rome"}' },
      ],
    },
    { role: 'system', parts: [{ type: 'system', index: 1 }] },
    {
      role: 'user',
      parts: [
        { type: 'tool_call_response', id: 't1', response: { sun: true } },
        { type: 'tool_call_response', response: 'rain' },
        { type: 'blob', modality: 'image', mime_type: 'image/png', size: 70 },
        { type: 'uri', modality: 'image', uri: 'https://example.org/a.png' },
      ],
    },
  ],
}

test('system prompts stand where the model saw them, tools and their results in the order of the chat', async () => {
  const example = await exampleOf(TOOL_CONVERSATION)
  const row = evalRow(example, 'openai') as { input: object[]; tools: object[] }
  const weather = (id: string, town: string): object => ({
    ...{ id, type: 'function' },
    function: { name: 'weather', arguments: JSON.stringify({ town }) },
  })
  assert.deepEqual(row.input, [
    { role: 'system', content: 'You are brief.' },
    { role: 'user', content: 'Weather in Oslo and Rome?' },
    {
      role: 'assistant',
      content: 'I will look.',
      tool_calls: [weather('t1', 'Oslo'), weather('call_2', 'Rome')],
    },
    { role: 'system', content: 'The user is a child.' },
    { role: 'tool', tool_call_id: 't1', content: '{"sun":true}' },
    { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
    {
      role: 'user',
      content: [
        { type: 'text', text: '[image, image/png, 70 bytes]' },
        { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
      ],
    },
  ])
  assert.deepEqual(row.tools, [
    {
      type: 'function',
      function: { name: 'weather', description: 'Of a town', parameters: { type: 'object' } },
    },
  ])
})

test('tools have one shape, whichever provider they were offered to', async () => {
  const shape = { type: 'object', properties: {} }
  const offered = [
    [{ type: 'function', function: { name: 'f', parameters: shape } }],
    [{ type: 'function', name: 'f', parameters: shape }],
    [{ name: 'f', input_schema: shape }],
    [{ functionDeclarations: [{ name: 'f', parameters: shape }] }],
    [{ toolSpec: { name: 'f', inputSchema: { json: shape } } }],
    { f: { inputSchema: shape } },
  ]
  for (const tools of offered) {
    const example = await exampleOf({ input: [message('user', 'q')], tools })
    const row = evalRow(example, 'openai') as { tools?: object[] }
    assert.deepEqual(row.tools, [{ type: 'function', function: { name: 'f', parameters: shape } }])
  }
  const hosted = await exampleOf({ input: 'q', tools: [{ type: 'web_search' }] })
  assert.equal('tools' in evalRow(hosted, 'openai'), false)
})

test('an input that is no list of messages is one message', async () => {
  for (const [input, text] of [
    ['just a text', 'just a text'],
    [{ city: 'Oslo' }, '{"city":"Oslo"}'],
    [[1, { a: 2 }], '[1,{"a":2}]'],
    [[{ role: 'user', content: [{ type: 'text', text: 'plain' }] }], 'plain'],
  ] as const) {
    const { input: messages } = await exampleOf({ input })
    assert.deepEqual(messages, [message('user', text)])
  }
})

test('every row of every format is one line of JSON, whatever was said', async () => {
  const hostile =
    '=cmd|x\r\n\u2028\0 \ud800 {{ env.HOME }} {% raw %} "quoted" \\ file:///etc/passwd'
  const store = await storeOf([
    call(1, 1, { model: 'a/b\nc', tags: [hostile], metadata: { note: hostile } }),
    content(1, 1, 'system', hostile),
    content(1, 1, 'input', [message('user', hostile)]),
    content(1, 1, 'output', [message('assistant', hostile)]),
    record('user_action', { span_id: spanId(1), action: 'accepted', comment: hostile }),
  ])
  const [example] = await exported(store)
  assert.ok(example)
  for (const format of EVAL_FORMATS) {
    const line: string = JSON.stringify(evalRow(example, format))
    assert.equal(line.includes('\n'), false)
    assert.equal(line.includes('\\u0000'), false, format)
    assert.ok(line.isWellFormed())
  }
})

test('what was said is no template and no file to promptfoo', async () => {
  for (const said of [
    '{{ env.HOME }}',
    '{% for x in y %}',
    '{# a #}',
    'ends #}',
    'file:///etc/passwd',
    'package:a:b',
  ]) {
    const example = await exampleOf(
      { input: [message('user', said)], output: [message('assistant', said)] },
      {},
    )
    const row = evalRow({ ...example, expected: said, expected_from: 'edit' }, 'promptfoo') as {
      vars: { messages: string }
      assert: { type: string; value: string }[]
    }
    assert.doesNotMatch(row.vars.messages, /[{][{%#]|[%#][}]|^file:|^package:/)
    assert.deepEqual(JSON.parse(row.vars.messages), [{ role: 'user', content: said }])
    const [check] = row.assert
    assert.equal(check?.type, 'equals')
    // A template of one text in quotes, which says nothing but the text.
    const [, quoted = ''] = /^\{\{ ("(?:[^"\\]|\\.)*") \}\}$/s.exec(check?.value ?? '') ?? []
    assert.equal(JSON.parse(quoted), said)
  }
  const example = await exampleOf({ input: 'q' })
  assert.throws(() => evalRow(example, 'promptfoo', { assertion: 'javascript' }), {
    code: 'STORE_OPTION_INVALID',
  })
})

test('a rejected answer stands in each format where it has a place, and is never expected', async () => {
  const store = await storeOf([
    call(1, 1, { prompt: { name: 'triage', version: 7 } }),
    content(1, 1, 'input', [message('user', 'q')]),
    content(1, 1, 'output', [message('assistant', 'nonsense')]),
    record('user_action', { span_id: spanId(1), action: 'abandoned' }),
  ])
  const [example] = await exported(store, { expectOutput: true })
  assert.ok(example)
  const row = (format: (typeof EVAL_FORMATS)[number]) =>
    evalRow(example, format) as Record<string, unknown>
  assert.deepEqual(row('promptfoo').assert, [{ type: 'not-equals', value: 'nonsense' }])
  assert.deepEqual([row('openai').rejected_output, 'ideal' in row('openai')], ['nonsense', false])
  for (const format of ['langfuse', 'braintrust', 'langsmith'] as const) {
    const metadata = row(format).metadata as Record<string, unknown>
    assert.equal(metadata.rejected_output, 'nonsense')
    assert.equal(metadata.prompt_version, '7')
  }
  assert.equal(row('langfuse').expectedOutput, null)
  assert.equal(row('braintrust').expected, null)
  assert.deepEqual(row('braintrust').tags, ['abandoned', 'rejected'])
  assert.equal('outputs' in row('langsmith'), false)
})

test('tool calls that were accepted are expected as tool calls', async () => {
  const asked = {
    role: 'assistant',
    parts: [{ type: 'tool_call', id: 'a', name: 'f', arguments: {} }],
  }
  const store = await storeOf([
    call(1, 1),
    content(1, 1, 'input', [message('user', 'q')]),
    content(1, 1, 'output', [asked]),
    record('user_action', { span_id: spanId(1), action: 'accepted' }),
  ])
  const [example] = await exported(store)
  assert.ok(example)
  const tool_calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const expected = { role: 'assistant', content: null, tool_calls }
  const { outputs } = evalRow(example, 'langsmith') as { outputs: unknown }
  assert.deepEqual(outputs, { messages: [expected] })
  assert.deepEqual((evalRow(example, 'braintrust') as { expected: unknown }).expected, expected)
  assert.equal((evalRow(example, 'openai') as { ideal: string }).ideal, JSON.stringify(tool_calls))
})

test('a message of five million characters is a row', async () => {
  const long = 'ab '.repeat(1_700_000)
  const example = await exampleOf({ input: [message('user', long)] })
  const { input } = evalRow(example, 'openai') as { input: { content: string }[] }
  assert.equal(input[0]?.content.length, long.length)
  assert.ok(JSON.stringify(evalRow(example, 'promptfoo')).length > long.length)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemApart } from '../src/system-apart.ts'
import { validRecorder } from './helpers.ts'

const text = (content: string): object => ({ type: 'text', content })
const told = (index: number): object => ({ type: 'system', index })
const asked = { role: 'user', content: 'hi' }

const INPUTS: readonly [string, unknown, unknown, unknown][] = [
  [
    'before the conversation, of both roles',
    [{ role: 'system', content: 'a' }, { role: 'developer', content: 'b' }, asked],
    ['a', 'b'],
    [asked],
  ],
  [
    'in the middle of the conversation, where its place is kept',
    [{ role: 'system', content: 'a' }, asked, { role: 'developer', content: ['b', 'c'] }, asked],
    ['a', 'b', 'c'],
    [asked, { role: 'developer', parts: [told(1), told(2)] }, asked],
  ],
  ['alone', [{ role: 'system', content: 'a' }], ['a'], undefined],
  ['alone, and no list', { role: 'system', content: 'a' }, ['a'], undefined],
  ['in our shape', [{ role: 'system', parts: [text('a')] }, asked], [text('a')], [asked]],
  ["in the shape of Cohere's first version", [{ role: 'SYSTEM', message: 'a' }], ['a'], undefined],
  ["as LangChain's message", [{ getType: () => 'system', content: 'a' }, asked], ['a'], [asked]],
  ['by its type', [{ type: 'system', content: 'a' }, asked], ['a'], [asked]],
  [
    'in a request that is given whole',
    { messages: [{ role: 'system', content: 'a' }, asked] },
    ['a'],
    { messages: [asked] },
  ],
  [
    'apart in such a request',
    { model: 'm', system: 'a', messages: [asked] },
    ['a'],
    { model: 'm', messages: [asked] },
  ],
  [
    'among the arguments of a function',
    [[{ role: 'system', content: 'a' }, asked], { n: 1 }],
    ['a'],
    [[asked], { n: 1 }],
  ],
  ...[' System ', 'ROOT', 'platform', 'system_prompt', 'ｓｙｓｔｅｍ', 'policy', ''].map(
    (role): (typeof INPUTS)[number] => [
      `under the role “${role}”`,
      [{ role, content: 'a' }, asked],
      ['a'],
      [asked],
    ],
  ),
  [
    'inside of the content of a message',
    [{ role: 'user', content: [text('hi'), { role: 'system', content: 'a' }] }],
    ['a'],
    [{ role: 'user', content: [text('hi'), { role: 'system', parts: [told(0)] }] }],
  ],
  [
    'inside of the result of a tool',
    [
      {
        role: 'user',
        content: [{ type: 'tool_result', content: [{ role: 'root', content: 'a' }] }],
      },
    ],
    ['a'],
    [{ role: 'user', content: [{ type: 'tool_result', content: [] }] }],
  ],
]
for (const [where, input, system, rest] of INPUTS)
  test(`instructions are told apart from what was said: ${where}`, () => {
    const before = structuredClone(JSON.parse(JSON.stringify(input)))
    const apart = systemApart(undefined, input)
    assert.deepEqual(JSON.parse(JSON.stringify(apart.system)), JSON.parse(JSON.stringify(system)))
    assert.deepEqual(apart.input, rest)
    assert.deepEqual(JSON.parse(JSON.stringify(input)), before, 'the caller has what it had')
  })

test('an input without instructions is given back as it is', () => {
  for (const input of [
    ...['USER', ' Human', 'ai', 'CHATBOT', 'model', 'tool', 'function'].map((role) => [
      { role, content: 'hi' },
    ]),
    'hi',
    [asked],
    { question: 'hi' },
    undefined,
    null,
    5,
    [[asked]],
    [null],
  ]) {
    const apart = systemApart('a', input)
    assert.equal(apart.input, input)
    assert.equal(apart.system, 'a')
  }
})

test('a system prompt that is given apart comes before those among the messages', () => {
  const apart = systemApart('first', [{ role: 'system', content: 'second' }, asked])
  assert.deepEqual(apart.system, ['first', 'second'])
})

test('a system message that cannot be read is kept out of the input', () => {
  const message = {
    role: 'system',
    get content(): string {
      throw new Error('no')
    },
  }
  assert.deepEqual(systemApart(undefined, [message, asked]).input, [asked])
})

const CANARY = 'you are the house robot'

test('a policy that keeps what was said with consent never keeps a system message', (t) => {
  const recorded = validRecorder(t, {
    policy: { version: 1, extends: 'production' },
    content: 'inline',
    environment: 'production',
  })
  const { logger } = recorded
  logger.trace('t', { consent: ['content'] }, () => {
    logger.llm(
      {
        provider: 'openai',
        model: 'm',
        content: true,
        input: [{ role: 'system', content: CANARY }, asked, { role: 'developer', content: CANARY }],
      },
      () => 'ok',
    )
  })
  const lines = JSON.stringify(recorded.lines)
  assert.match(lines, /"hi"/, 'what was said is kept')
  assert.doesNotMatch(lines, /house robot/)
})

test('the order in which a model saw it all can be told again', (t) => {
  const { logger, records, content } = validRecorder(t, { content: 'inline' })
  const input = [
    { role: 'system', content: 'a' },
    asked,
    { role: 'system', content: [{ type: 'text', text: 'b', cache_control: 1 }] },
    { role: 'user', content: 'ho' },
  ]
  logger.llm({ provider: 'openai', model: 'm', input }, () => 'ok')
  const span = records('llm_call')[0]?.span_id as string
  assert.deepEqual(content(span, 'system'), [text('a'), { ...text('b'), cache_control: 1 }])
  assert.deepEqual(content(span, 'input'), [
    { role: 'user', parts: [text('hi')] },
    { role: 'system', parts: [told(1)] },
    { role: 'user', parts: [text('ho')] },
  ])
})

test('what is cited with a text stays with it', (t) => {
  const { logger, records, content } = validRecorder(t, { content: 'inline' })
  const parts = [{ type: 'text', content: 'yes', citations: [{ url: 'u' }] }]
  logger
    .start({ event: 'llm_call', provider: 'p', model: 'm' })
    .end({ output: [{ role: 'assistant', parts }] })
  assert.deepEqual(content(records('llm_call')[0]?.span_id as string, 'output'), [
    { role: 'assistant', parts },
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareMessages, type Message, messagesIn } from '../src/index.ts'

const says = (role: string, content: string): Message => ({
  role,
  parts: [{ type: 'text', content }],
})
const kinds = (a: Message[], b: Message[]): string[] =>
  compareMessages(a, b).rows.map(({ kind, role }) => `${kind} ${role}`)

const TURNS = [
  says('user', 'Where is my parcel?'),
  says('assistant', 'What is the number of your order?'),
  says('user', 'It is 4711, from last week.'),
]

test('turns that were put in between are added, and the others stay the same', () => {
  const longer = [
    ...TURNS.slice(0, 2),
    says('user', 'Wait.'),
    says('assistant', 'Of course.'),
    ...TURNS.slice(2),
  ]
  assert.deepEqual(kinds(TURNS, longer), [
    'same user',
    'same assistant',
    'added user',
    'added assistant',
    'same user',
  ])
  assert.deepEqual(kinds(longer, TURNS)[2], 'removed user')
})

test('a changed turn finds its partner behind new ones', () => {
  const b = [...TURNS.slice(0, 2), says('user', 'Hm.'), says('user', 'It is 4712, from last week.')]
  assert.deepEqual(kinds(TURNS, b).slice(2), ['added user', 'changed user'])
})

test('a text that changed says which words', () => {
  const { rows } = compareMessages([says('user', 'for 30 days')], [says('user', 'for 14 days')])
  const row = rows[0]?.parts[0]?.text?.rows[0]
  assert.equal(row?.kind, 'changed')
})

test('a role that changed is no change of one message', () => {
  assert.deepEqual(kinds([says('user', 'x')], [says('tool', 'x')]), ['removed user', 'added tool'])
})

test('new ids and another order of arguments are no change of a tool call', () => {
  const call = (id: string, args: unknown): Message => ({
    role: 'assistant',
    parts: [{ type: 'tool_call', id, name: 'get_weather', arguments: args }],
  })
  const a = [call('call_1', '{"city":"Bonn","days":1}')]
  assert.equal(compareMessages(a, [call('call_2', { days: 1, city: 'Bonn' })]).isEqual, true)
  const { rows } = compareMessages(a, [call('call_2', { days: 2, city: 'Bonn' })])
  assert.deepEqual(rows[0]?.parts[0]?.values?.changes, [
    { kind: 'changed', path: '/arguments/days', a: 1, b: 2 },
  ])
})

test('parallel calls go together by the tool, not by where they stand', () => {
  const calls = (names: string[]): Message => ({
    role: 'assistant',
    parts: names.map((name) => ({ type: 'tool_call', id: name, name, arguments: {} })),
  })
  const { rows } = compareMessages([calls(['a', 'b'])], [calls(['b'])])
  assert.deepEqual(
    rows[0]?.parts.map(({ kind }) => kind),
    ['removed', 'same'],
  )
})

test('what is no list of messages is not taken for one', () => {
  for (const content of ['text', 7, null, [], [1], { rows: [] }])
    assert.equal(messagesIn(content), undefined)
  assert.equal(messagesIn({ type: 'text', content: 'x' })?.length, 1)
  assert.deepEqual(messagesIn([{ role: 'user', parts: ['x', null] }])?.[0]?.parts[1], {
    type: 'text',
    content: 'null',
  })
})

test('thousands of messages are compared, with a partner for each', () => {
  const many = (word: string): Message[] =>
    Array.from({ length: 3_000 }, (_, at) => says('user', `${word} ${at}`))
  const { rows } = compareMessages(many('a'), many('b'))
  assert.equal(rows.length, 3_000)
  assert.ok(rows.every(({ kind }) => kind === 'changed'))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyRecord, type SpanNode, spanTrees } from '@recount/record'
import { compareTraces, nameOfSpan, type SpanRow, type TraceDifference } from '../src/index.ts'

interface Span {
  readonly event: 'llm_call' | 'tool_call' | 'retrieval' | 'step'
  readonly inside?: readonly Span[]
  readonly said?: string
  readonly kept?: boolean
  readonly [field: string]: unknown
}

const digestOf = (text: string): string =>
  `hmac-sha256:00000000:${Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32)}`

let nextId = 1
function linesOf(span: Span, parent: string | undefined, trace_id: string): AnyRecord[] {
  const { event, inside = [], said, kept = true, ...fields } = span
  const span_id = (nextId++).toString(16).padStart(16, '0')
  const at = { trace_id, span_id, ...(parent === undefined ? {} : { parent_span_id: parent }) }
  const base = {
    level: 30,
    time: nextId,
    recount: 1,
    start_time: nextId,
    duration_ms: nextId,
    ...at,
  }
  const ref = { part: 'output', digest: digestOf(said ?? ''), bytes: 1 }
  const content = [{ role: 'assistant', parts: [{ type: 'text', content: said }] }]
  const line = { ...base, event, status: 'ok', ...fields }
  return [
    ...(said === undefined ? [line] : [{ ...line, content: [ref] }]),
    ...(said !== undefined && kept ? [{ ...base, event: 'content', ...ref, content }] : []),
    ...inside.flatMap((child) => linesOf(child, span_id, trace_id)),
  ] as AnyRecord[]
}

function tree(span: Span): readonly SpanNode[] {
  const trace_id = (nextId++).toString(16).padStart(32, '0')
  return spanTrees(linesOf(span, undefined, trace_id))[0]?.roots ?? []
}

const words = ({ rows }: TraceDifference): string[] => {
  const all = (list: readonly SpanRow[]): string[] =>
    list.flatMap(({ kind, a, b, children }) => [
      `${kind} ${nameOfSpan((b ?? a) as SpanNode)}`.trim(),
      ...all(children),
    ])
  return all(rows)
}

const llm = (fields: Omit<Span, 'event'> = {}): Span => ({
  event: 'llm_call',
  provider: 'acme',
  operation: 'chat',
  model: 'acme-large',
  ...fields,
})
const tool = (name: string, fields: Omit<Span, 'event'> = {}): Span => ({
  event: 'tool_call',
  tool: name,
  ...fields,
})
const step = (span_name: string, ...inside: Span[]): Span => ({ event: 'step', span_name, inside })

test('the same work at another time, with other ids and lengths, is the same', () => {
  const work = (): Span => step('answer', llm({ said: 'yes', inside: [tool('search')] }))
  const difference = compareTraces(tree(work()), tree(work()))
  assert.equal(difference.isEqual, true)
  assert.deepEqual(difference.counts, { same: 3, changed: 0, added: 0, removed: 0 })
})

test('another model changes the call, and not what is around it', () => {
  const a = tree(step('answer', llm({ said: 'yes' })))
  const b = tree(step('answer', llm({ model: 'acme-small', said: 'yes' })))
  const difference = compareTraces(a, b)
  assert.deepEqual(words(difference), ['same answer', 'changed'])
  assert.deepEqual(difference.rows[0]?.children[0]?.difference?.fields, [
    { kind: 'changed', path: '/model', a: 'acme-large', b: 'acme-small' },
  ])
})

test('a renamed step keeps what is inside it', () => {
  const a = tree(step('root', step('triage', tool('search'), llm()), step('reply', llm())))
  const b = tree(step('root', step('classify', tool('search'), llm()), step('reply', llm())))
  assert.deepEqual(words(compareTraces(a, b)), [
    'same root',
    'changed classify',
    'same search',
    'same',
    'same reply',
    'same',
  ])
})

test('a call that was put in between does not move the others', () => {
  const calls = ['first', 'second', 'third'].map((said) => llm({ said }))
  const a = tree(step('answer', ...calls))
  const b = tree(
    step('answer', calls[0] as Span, tool('lookup'), llm({ said: 'new' }), ...calls.slice(1)),
  )
  assert.deepEqual(words(compareTraces(a, b)), [
    'same answer',
    'same',
    'added lookup',
    'added',
    'same',
    'same',
  ])
})

test('what was said is compared where it is kept, and by digest where it is not', () => {
  const compare = (a: Span, b: Span) =>
    compareTraces(tree(a), tree(b)).rows[0]?.difference?.content[0]
  const kept = compare(llm({ said: 'for 30 days' }), llm({ said: 'for 14 days' }))
  assert.equal(kept?.messages?.rows[0]?.kind, 'changed')
  const gone = compare(llm({ said: 'yes', kept: false }), llm({ said: 'no', kept: false }))
  assert.deepEqual(gone, { part: 'output', kind: 'changed', isKept: false })
  const same = compare(llm({ said: 'yes', kept: false }), llm({ said: 'yes' }))
  assert.equal(same?.kind, 'same')
})

test('numbers that differ from run to run are measures, not changes', () => {
  const a = tree(llm({ input_tokens: 10, cost_usd: 0.1 }))
  const b = tree(llm({ input_tokens: 12 }))
  const { isEqual, rows } = compareTraces(a, b)
  assert.equal(isEqual, true)
  assert.deepEqual(rows[0]?.difference?.measures.slice(1), [
    { name: 'input_tokens', a: 10, b: 12 },
    { name: 'cost_usd', a: 0.1, b: undefined },
  ])
})

test('an interrupted call is compared by its start line', () => {
  const [start] = linesOf(llm(), undefined, '1'.padStart(32, '0'))
  const open = spanTrees([{ ...start, event: 'llm_call_started' } as AnyRecord])[0]?.roots ?? []
  const { rows } = compareTraces(open, tree(llm({ status: 'ok' })))
  assert.equal(rows.length, 1)
})

test('an empty trace has nothing in common with another', () => {
  assert.deepEqual(words(compareTraces([], tree(tool('search')))), ['added search'])
  assert.equal(compareTraces([], []).isEqual, true)
})

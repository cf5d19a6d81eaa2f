import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy, type Rule } from '../src/index.ts'
import { call, traceIds } from './helpers.ts'

const compile = (...rules: Rule[]) => compilePolicy({ version: 1, rules })
const ids = traceIds(20_000)
const share = (holds: (trace_id: string) => boolean): number =>
  ids.filter(holds).length / ids.length
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not near ${expected}`)

test('a sample keeps content of that share of traces, and the record of all', () => {
  const policy = compile({ then: { content: 'text', sample: 0.1 } })
  const decided = (trace_id: string) => policy.decide(call({ trace_id }))
  near(
    share((id) => decided(id).content.input === 'text'),
    0.1,
  )
  assert.ok(ids.every((id) => decided(id).keep && decided(id).sample_rate === undefined))
})

test('child events of a trace are sampled with it, and a kept one carries the rate', () => {
  const policy = compile({ then: { content: 'text', sample: 0.2 } })
  near(
    share((trace_id) => policy.decide({ event: 'tool_call', trace_id }).keep),
    0.2,
  )
  for (const trace_id of ids.slice(0, 500)) {
    const { content } = policy.decide(call({ trace_id }))
    const child = policy.decide({ event: 'retrieval', trace_id })
    assert.equal(child.keep, content.input === 'text')
    if (child.keep) assert.equal(child.sample_rate, 0.2)
  }
})

test('calls are sampled only where that is asked for, and a kept line carries the rate', () => {
  const policy = compile({ then: { sample: { calls: 0.25 } } })
  const decided = (trace_id: string) => policy.decide(call({ trace_id }))
  near(
    share((id) => decided(id).keep),
    0.25,
  )
  assert.ok(ids.every((id) => decided(id).sample_rate === (decided(id).keep ? 0.25 : undefined)))
})

test('errors and slow calls are always kept, whole and without a rate', () => {
  const policy = compile({ then: { content: 'text', sample: { calls: 0, content: 0, events: 0 } } })
  const [trace_id] = ids
  for (const notable of [{ status: 'error' }, { status: 'partial' }, { slow: true }] as const) {
    const start = policy.decideStart(call({ trace_id }))
    assert.deepEqual([start.keep, start.open, start.held.input], [false, true, 'text'])
    const end = policy.decide(call({ trace_id, ...notable }))
    assert.deepEqual([end.keep, end.content.input, end.sample_rate], [true, 'text', undefined])
  }
  assert.equal(policy.decide(call({ trace_id, status: 'ok', slow: false })).keep, false)
})

test('weighing kept lines by the inverse of their rate gives the number of all', () => {
  const policy = compile({ then: { sample: { calls: 0.1 } } })
  const weight = ids
    .map((trace_id, index) =>
      policy.decide(call({ trace_id, status: index % 50 === 0 ? 'error' : 'ok' })),
    )
    .filter(({ keep }) => keep)
    .reduce((sum, { sample_rate = 1 }) => sum + 1 / sample_rate, 0)
  near(weight / ids.length / 10, 0.1)
})

test('the same trace is chosen in every process, and a share is part of every larger share', () => {
  const one = compile({ then: { content: 'text', sample: 0.1 } })
  const two = compile({ name: 'other', then: { content: 'text', sample: 0.3 } })
  for (const trace_id of ids.slice(0, 2000)) {
    if (one.decide(call({ trace_id })).content.input !== 'text') continue
    assert.equal(two.decide(call({ trace_id })).content.input, 'text')
  }
  const chosen = (id: string): boolean => BigInt(`0x${id.slice(-13)}`) >= (16n ** 13n * 9n) / 10n
  for (const trace_id of ids.slice(0, 2000))
    assert.equal(one.decide(call({ trace_id })).content.input === 'text', chosen(trace_id))
})

test('a trace that W3C random ids put at the top is in every share, one at the bottom in none', () => {
  const policy = compile({ then: { content: 'text', sample: 0.001 } })
  const input = (trace_id: string) => policy.decide(call({ trace_id })).content.input
  assert.equal(input(`${'0'.repeat(18)}${'f'.repeat(14)}`), 'text')
  assert.equal(input(`${'f'.repeat(18)}${'0'.repeat(14)}`), 'none')
})

test('a condition on the share of traces is independent of the sample behind it', () => {
  const policy = compile(
    { name: 'some', when: { share: 0.5 }, then: {} },
    { name: 'rest', then: { content: 'text', sample: 0.5 } },
  )
  near(
    share((trace_id) => policy.decide(call({ trace_id })).rule === 'some'),
    0.5,
  )
  near(
    share((trace_id) => policy.decide(call({ trace_id })).content.input === 'text'),
    0.25,
  )
})

test('without a usable trace id content is not sampled in, and the record is kept', () => {
  const policy = compile({ then: { content: 'text', sample: { content: 0.9, calls: 0.9 } } })
  for (const trace_id of [undefined, '', 'not hex at all, but long enough']) {
    const { keep, content, sample_rate } = policy.decide(call({ trace_id }))
    assert.deepEqual([keep, content.input, sample_rate], [true, 'none', undefined])
  }
})

test('feedback, verdicts and final answers are never sampled', () => {
  const policy = compile({ then: { sample: { events: 0, calls: 0 } } })
  for (const event of ['user_action', 'evaluation', 'final_response', 'error_diagnosed', 'batch'])
    assert.equal(policy.decide({ event, trace_id: ids[0] }).keep, true)
})

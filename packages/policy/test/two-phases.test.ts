import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTENT_PARTS } from '@recount/record'
import {
  compilePolicy,
  type Decision,
  type Facts,
  metadataTreatment,
  type Policy,
  type Rule,
} from '../src/index.ts'
import { call, traceIds } from './helpers.ts'

const compile = (rules: Rule[], rest: Partial<Policy> = {}) =>
  compilePolicy({ version: 1, rules, ...rest })

test('a rule on the ending decides nothing at the start; what it may open is held', () => {
  const policy = compile([
    { name: 'failed', when: { status: 'error' }, then: { content: 'text' } },
    { name: 'rest', then: { content: { output: 'text' } } },
  ])
  const start = policy.decideStart(call())
  assert.equal(start.rule, 'failed | rest')
  assert.deepEqual([start.keep, start.open], [true, true])
  assert.deepEqual([start.content.input, start.content.output], ['none', 'text'])
  assert.deepEqual([start.held.input, start.held.output], ['text', 'none'])
  assert.equal(policy.decide(call({ status: 'error' })).content.input, 'text')
  assert.equal(policy.decide(call({ status: 'ok' })).content.input, 'none')
})

test('nothing is written at the start that an ending could forbid', () => {
  const policy = compile([
    { when: { finish_reason: 'content_filter' }, then: { content: 'none' } },
    { then: { content: 'text' } },
  ])
  const { content, held } = policy.decideStart(call())
  assert.deepEqual([content.input, held.input], ['none', 'text'])
})

test('where no rule asks for the ending, the start decides for good', () => {
  const policy = compile([
    { when: { tenant: 'acme' }, then: { content: 'text' } },
    { when: { status: 'error' }, then: { content: 'text' } },
  ])
  const start = policy.decideStart(call({ tenant: 'acme' }))
  assert.deepEqual([start.open, start.content.input], [false, 'text'])
  assert.deepEqual(new Set(Object.values(start.held)), new Set(['none']))
})

test('content waits for the ending where the rules disagree about profile or sinks', () => {
  for (const then of [{ redact: 'strict' }, { sinks: ['vault'] }]) {
    const policy = compile([
      { when: { slow: true }, then: { content: 'text', ...then } },
      { then: { content: 'text', redact: 'secrets' } },
    ])
    const start = policy.decideStart(call())
    assert.deepEqual([start.content.input, start.held.input, start.keep], ['none', 'text', true])
  }
})

test('a start line has the strictest profile and fields of the rules that may still decide', () => {
  const policy = compile([
    {
      when: { status: 'error' },
      then: {
        redact: 'strict',
        fields: { user_id: 'drop', metadata: { plan: 'drop', '*': 'keep' } },
      },
    },
    { then: { redact: 'secrets', fields: { user_id: 'keep', ip: 'keep', metadata: 'treat' } } },
  ])
  const { redact, fields } = policy.decideStart(call())
  assert.deepEqual([redact, fields.user_id, fields.ip], ['strict', 'drop', 'drop'])
  assert.equal(metadataTreatment(fields, 'plan'), 'drop')
  assert.equal(metadataTreatment(fields, 'colour'), 'treat')
  assert.equal(metadataTreatment(fields, 'client_ip'), 'drop')
})

test('a record that an ending may drop has no start line, and an ending may still keep it', () => {
  const policy = compile([{ when: { status: 'aborted' }, then: { level: 'silent' } }])
  const start = policy.decideStart(call())
  assert.deepEqual([start.keep, start.open], [false, true])
  assert.equal(policy.decide(call({ status: 'ok' })).keep, true)
})

test('a level above information leaves the start line out and waits for what the call earns', () => {
  const policy = compile([{ then: { level: 'warn', content: 'text' } }])
  const start = policy.decideStart(call())
  assert.deepEqual([start.keep, start.open, start.held.input], [false, true, 'text'])
  assert.equal(policy.decide(call({ level: 50 })).content.input, 'text')
})

test('asking for less holds for what the ending may open, too', () => {
  const policy = compile([{ when: { status: 'error' }, then: { content: 'text' } }])
  const { content, held, open } = policy.decideStart(call(), false)
  assert.deepEqual(new Set([...Object.values(content), ...Object.values(held)]), new Set(['none']))
  assert.equal(open, false)
})

test('for whatever rules, facts and asks, a start never allows more than the ending, nor less than all that it may open', () => {
  const random = numbers(7)
  for (let round = 0; round < 400; round++) {
    const policy = compile(Array.from({ length: 1 + random(5) }, () => randomRule(random)))
    for (const trace_id of traceIds(4, 1 + round)) {
      const facts = call({ trace_id, tenant: pick(random, ['a', 'b', undefined]) })
      const ask = pick(random, [undefined, false, 'digest', ['input', 'output']] as const)
      const ended: Facts = { ...facts, ...randomEnding(random) }
      checkPhases(policy.decideStart(facts, ask), policy.decide(ended, ask))
    }
  }
})

/** Degrees by how much they let through. */
const ORDER = ['none', 'digest', 'text']

function checkPhases(start: Decision, end: Decision): void {
  if (start.keep) assert.ok(end.keep)
  if (!start.open) assert.equal(end.keep, start.keep)
  for (const part of CONTENT_PARTS) {
    const now = ORDER.indexOf(start.content[part])
    const may = Math.max(now, ORDER.indexOf(start.held[part]))
    const final = ORDER.indexOf(end.content[part])
    assert.ok(now <= final && final <= may, `${part}: ${start.rule} then ${end.rule}`)
    if (now > 0) assert.equal(start.redact, end.redact)
  }
}

function randomRule(random: (below: number) => number): Rule {
  const when = pick(random, [
    {},
    { tenant: 'a' },
    { status: 'error' as const },
    { slow: true, tenant: 'b' },
    { duration_ms: { '>': 100 } },
    { share: 0.5 },
  ])
  return {
    when,
    then: {
      content: pick(random, ['none', 'digest', 'text', { input: 'text', '*': 'digest' }] as const),
      level: pick(random, ['debug', 'warn', 'silent', 'debug'] as const),
      redact: pick(random, ['personal', 'strict', 'personal']),
      sample: pick(random, [1, 0.5, { calls: 0.5 }, { content: 0.2, calls: 0.7 }]),
    },
  }
}

function randomEnding(random: (below: number) => number): Partial<Facts> {
  return {
    status: pick(random, ['ok', 'error', 'aborted'] as const),
    duration_ms: pick(random, [50, 500]),
    slow: pick(random, [true, false]),
    level: pick(random, [30, 40, 50]),
  }
}

function pick<T>(random: (below: number) => number, values: readonly T[]): T {
  return values[random(values.length)] as T
}

/** Whole numbers below a bound (Park and Miller, fixed seed). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

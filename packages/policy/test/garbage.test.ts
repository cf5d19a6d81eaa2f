import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy, type Policy, type Rule } from '../src/index.ts'
import { call, traceIds } from './helpers.ts'

const WHENS: readonly Rule['when'][] = [
  { model: ['other-*', '!*-mini'], environment: 'production' },
  { consent: ['content', '!ads', 'research'] },
  { duration_ms: { '>': 60_000 }, status: ['ok', 'error'] },
  { share: 0.000001, step: 'answer' },
  { tokens: { '>=': 1e9 } },
]

test('deciding leaves no garbage, however many rules there are', () => {
  const rules = Array.from({ length: 400 }, (_, index) => ({
    when: WHENS[index % WHENS.length] ?? {},
    then: { content: 'text', sample: 0.5 },
  })) as Rule[]
  const source: Policy = { version: 1, rules: [...rules, { then: { sample: 0.5 } }] }
  const policy = compilePolicy(source)
  const facts = traceIds(64).map((trace_id, index) =>
    call({
      ...{ trace_id, model: 'acme-large', environment: 'production', step: 'answer' },
      ...{ consent: ['content'], status: 'ok', duration_ms: 80.25 + index, input_tokens: 12 },
    }),
  )
  for (const decide of [policy.decide, policy.decideStart]) {
    const round = (): number => {
      const before = process.memoryUsage().heapUsed
      for (let i = 0; i < 100; i++) decide(facts[i % 64] ?? call())
      return process.memoryUsage().heapUsed - before
    }
    for (let i = 0; i < 300; i++) round()
    // The least of many: the engine's own work and its collections come in between. One object a rule would be 640 KB.
    const least = Math.min(...Array.from({ length: 100 }, round).filter((bytes) => bytes >= 0))
    assert.ok(least < 20_000, `${least} bytes`)
  }
})

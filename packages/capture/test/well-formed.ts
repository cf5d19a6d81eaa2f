import assert from 'node:assert/strict'
import { FINISH_REASONS } from '@recount/record'
import type { AnswerFacts } from '../src/provider.ts'
import { isObject } from '../src/providers/json-values.ts'

const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const

/** Asserts that an answer is what the record can hold, whatever it was read from. */
export function assertWellFormed(facts: AnswerFacts): void {
  assertOutput(facts.output)
  assertCounts(facts)
  if (facts.finish_reason) assert.ok(FINISH_REASONS.includes(facts.finish_reason))
  for (const key of ['finish_reason_raw', 'response_model', 'response_id', 'service_tier'] as const)
    assert.ok(['undefined', 'string'].includes(typeof facts[key]))
  for (const text of [...(facts.tools?.called ?? []), ...(facts.tool_call_ids ?? [])])
    assert.equal(typeof text, 'string')
  assertFailure(facts.failure)
  assert.doesNotThrow(() => JSON.stringify(facts))
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
}

function assertCounts(facts: AnswerFacts): void {
  const [input = 0, output = 0, read = 0, write = 0, reasoning = 0] = COUNTS.map((key) => {
    const count = facts[key] ?? 0
    assert.ok(Number.isSafeInteger(count) && count >= 0, `${key} is ${count}`)
    return count
  })
  if (facts.input_tokens !== undefined) assert.ok(read + write <= input)
  if (facts.output_tokens !== undefined) assert.ok(reasoning <= output)
}

function assertFailure(failure: AnswerFacts['failure']): void {
  if (failure === undefined) return
  assert.equal(typeof failure.message, 'string')
  assert.ok(typeof failure.type === 'string' && failure.type !== '')
}

function assertOutput(output: unknown): void {
  if (output === undefined) return
  assert.ok(Array.isArray(output) && output.length > 0)
  for (const message of output) {
    assert.equal(typeof message.role, 'string')
    assert.ok(Array.isArray(message.parts))
    for (const part of message.parts) {
      assert.ok(isObject(part) && typeof part.type === 'string')
      if (['text', 'reasoning', 'refusal'].includes(part.type)) assertText(part.content)
      if (part.type === 'tool_call') assert.equal(typeof part.name, 'string')
    }
  }
}

function assertText(content: unknown): void {
  assert.equal(typeof content, 'string')
}

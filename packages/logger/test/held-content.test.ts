import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHeldMemory } from '../src/held-content.ts'

test('memory for held content is bounded: the oldest calls lose theirs, and that is counted', () => {
  const memory = createHeldMemory(1000)
  const calls = Array.from({ length: 20 }, () => memory.open())
  for (const call of calls) call.hold('input', 'x'.repeat(200))
  const kept = calls.filter((call) => call.take().size > 0)
  assert.equal(kept.length, 4)
  assert.equal(memory.evicted, 16)
})

test('content that is larger than all memory is not held', () => {
  const memory = createHeldMemory(1000)
  const call = memory.open()
  call.hold('input', ['y'.repeat(2000)])
  assert.equal(call.take().size, 0)
})

test('what was taken is free again, and is given once', () => {
  const memory = createHeldMemory(1000)
  for (let count = 0; count < 100; count++) {
    const call = memory.open()
    call.hold('input', { text: 'z'.repeat(500) })
    assert.equal(call.take().size, 1)
    assert.equal(call.take().size, 0)
  }
  assert.equal(memory.evicted, 0)
})

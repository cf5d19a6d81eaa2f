import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callNumbers, INPUT_TOKENS, LENGTH } from '../src/count/call-numbers.ts'
import { Group } from '../src/count/group.ts'
import { Leaves } from '../src/count/leaves.ts'

test('calls are in all of their groups once, those too for whose names there is no leaf any more', () => {
  const leaves = new Leaves()
  const total = new Group()
  const groups = Array.from({ length: 5000 }, () => new Group())
  const numbers = callNumbers().fill(Number.NaN)
  let shared = 0
  for (let round = 0; round < 3; round++) {
    for (const [i, group] of groups.entries()) {
      const places = leaves.groupsFor([total, group])
      if (places.length === 1) shared += 1
      numbers[LENGTH] = i
      numbers[INPUT_TOKENS] = 2
      for (const place of places) place.addPlain(numbers)
    }
  }
  assert.equal(shared, 3 * 4096)
  leaves.rollUp()
  leaves.rollUp()
  const { calls, input_tokens } = total.numbers()
  assert.deepEqual({ calls, input_tokens }, { calls: 15_000, input_tokens: 30_000 })
  assert.equal(total.summaries().latency_ms.p50, 2499.5)
  for (const [i, group] of groups.entries()) {
    assert.equal(group.numbers().calls, 3)
    assert.equal(group.summaries().latency_ms.max, i)
  }
})

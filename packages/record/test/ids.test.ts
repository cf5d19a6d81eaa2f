import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpanId, isTraceId, newSpanId, newTraceId, uuidv7 } from '../src/index.ts'

test('trace ids are 32 lower-case hex digits, never zero, never twice', () => {
  const ids = Array.from({ length: 20_000 }, newTraceId)
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)))
  assert.equal(new Set(ids).size, ids.length)
})

test('span ids are 16 lower-case hex digits, never zero, never twice', () => {
  const ids = Array.from({ length: 20_000 }, newSpanId)
  assert.ok(ids.every((id) => /^[0-9a-f]{16}$/.test(id) && !/^0+$/.test(id)))
  assert.equal(new Set(ids).size, ids.length)
})

test('an id of zeros, in upper case, of another length or of another type is none', () => {
  const ids = ['0'.repeat(32), 'A'.repeat(32), 'a'.repeat(31), 'a'.repeat(33), 7, null, undefined]
  assert.deepEqual(ids.filter(isTraceId), [])
  const spans = ['0'.repeat(16), 'A'.repeat(16), 'a'.repeat(15), 'a'.repeat(17), {}, []]
  assert.deepEqual(spans.filter(isSpanId), [])
  assert.ok(isTraceId('a'.repeat(32)) && isSpanId('a'.repeat(16)))
})

test('a UUIDv7 has the version and variant bits of RFC 9562', () => {
  for (const id of Array.from({ length: 5000 }, () => uuidv7())) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})

test('UUIDv7s sort by creation, also within one millisecond and when its counter is full', () => {
  const now = Date.now() + 60_000
  const ids = Array.from({ length: 20_000 }, () => uuidv7(now))
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('UUIDv7s sort by creation when the clock is set back', () => {
  const now = Date.now() + 120_000
  const ids = [uuidv7(now), uuidv7(now - 5000), uuidv7(now - 10_000), uuidv7(now + 5000)]
  assert.deepEqual(ids.toSorted(), ids)
})

test('a UUIDv7 carries its millisecond', () => {
  const now = Date.now() + 240_000
  assert.equal(Number.parseInt(uuidv7(now).replaceAll('-', '').slice(0, 12), 16), now)
})

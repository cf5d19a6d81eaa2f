import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromIso, toEpoch } from '../src/shapes.ts'

const at = (text: string) => {
  const ms = fromIso(text)
  return ms === null ? null : new Date(ms).toISOString().replace('.000', '')
}

test('an offset counts, whatever names of its zone stand behind it', () => {
  const moment = '2026-11-01T06:30:00Z'
  for (const text of [
    ...['2026-11-01T01:30:00-05:00[America/New_York]', '2026-11-01T01:30-05', '20261101T063000Z'],
    ...['2026-11-01T06:30:00Z[Europe/Paris]', '2026-11-01 06:30:00 +0000 UTC m=+0.001', moment],
    ...['2026-11-01T12:00:00+0530', '2026/11/01 06:30:00', '2026-11-01 06:30:00 UTC'],
    ...['Sun, 01 Nov 2026 06:30:00 GMT', '01/Nov/2026:07:30:00 +0100'],
    'Sun Nov 01 2026 07:30:00 GMT+0100 (Central European Standard Time)',
  ])
    assert.equal(at(text), moment, text)
  assert.equal(at('2026-11-28 21:06:40,237'), '2026-11-28T21:06:40.237Z')
  assert.equal(at('2026-11-28T24:00:00Z'), '2026-11-29T00:00:00Z')
})

test('a zone that is not known, a day that does not exist and other texts are no time', () => {
  for (const text of [
    ...['2026-11-01T01:30 EST', '2026-11-01 01:30:00 PST', '2026-11-01T01:30:00[America/New_York]'],
    ...['2026-11-01T01:30 junk', '2026-11-01T01:30GMT+5', '2026-11-01T01:30+5', '2026-11-31'],
    ...['2026-02-30T10:00:00Z', '2026-02-29', '2026-11-01T25:00:00Z', '2026-11-01T01:30+29:00'],
    ...['11/28/2026, 9:06:40 PM', 'gpt-4', 'May 5', '2026', ''],
  ]) {
    assert.equal(fromIso(text), null, text)
    if (text !== '2026') assert.equal(toEpoch(text), null, text)
  }
})

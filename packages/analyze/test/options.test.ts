import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { toEpoch } from '@recount/record/shapes'
import { ANALYZE_ERROR_CODES, type AnalyzeOptions, analyze } from '../src/index.ts'
import { file } from './fixtures.ts'

test('options are checked before anything is read, and the message names option and value', async () => {
  const wrong: [unknown, RegExp][] = [
    [{ since: 'yesterday' }, /`since` to be an ISO time or a duration .*`yesterday` \(string\)/],
    [{ until: 7 }, /`until`.*`7` \(number\)/],
    [{ since: new Date('x') }, /`since`/],
    [{ since: '1h', until: '2h' }, /`since` to be before `until`/],
    [{ by: 'colour' }, /`by` to be one of model, .*`colour`/],
    [{ by: [1] }, /`by`/],
    [{ map: 'latency' }, /`map` to be OURS=THEIRS.*`latency`/],
    [{ map: '=x' }, /`map`/],
    [{ map: 'latency=' }, /`map`/],
    [{ map: 'nope=x' }, /`map` to begin with one of/],
    [{ map: 'latency=x:hours' }, /`map` to have a unit out of s, ms, us, ns/],
    [{ map: 'latency=a,error=b' }, /one OURS=THEIRS; repeat it: --map latency=a --map error=b/],
    [{ map: 'latency=took:s:ms' }, /`map` to have one unit.*`latency=took:s:ms`/],
    [{ map: 'model=x:s' }, /`map` without a unit/],
    [{ map: 'cost=x:s' }, /`map` to have a unit out of usd, cents, micros/],
    [{ explainInput: 'yes' }, /`explainInput`/],
    [{ now: 5 }, /`now`/],
    [{ onBytes: 1 }, /`onBytes`/],
    [{ sinse: '1h' }, /`sinse`/],
  ]
  for (const [options, message] of wrong) {
    await assert.rejects(analyze('/nowhere', options as AnalyzeOptions), {
      code: 'ANALYZE_OPTION_INVALID',
      message,
    })
  }
})

test('times without a zone are UTC, numbers are told by their size', () => {
  const expected = Date.UTC(2026, 2, 1, 10)
  const same = [
    '2026-03-01T10:00:00',
    '2026-03-01 10:00:00.000',
    '2026-03-01T10:00:00,000Z',
    '2026-03-01T12:00:00+02:00',
    '2026-03-01 12:00:00 +0200',
    expected / 1000,
    expected,
    `${expected * 1000}`,
    `${expected}000000`,
  ]
  for (const text of same) assert.equal(toEpoch(text), expected, String(text))
  for (const none of ['soon', '', -1, {}, null, Number.NaN, '2026-13-45T99:00:00']) {
    assert.equal(toEpoch(none), null)
  }
})

test('onBytes hears of every byte', async () => {
  let bytes = 0
  const report = await analyze(file('{"a":1}\n{"a":2}\n'), { onBytes: (count) => (bytes += count) })
  assert.equal(bytes, 16)
  assert.equal(report.input.bytes, 16)
})

test('every error code is explained in docs/errors.md', () => {
  const docs = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
  for (const code of ANALYZE_ERROR_CODES) assert.match(docs, new RegExp(`^### ${code}$`, 'm'))
})

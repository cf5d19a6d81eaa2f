import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { analyze, formatText } from '../src/index.ts'
import { moneyText, shareText, shortCount, timeText } from '../src/text/number-text.ts'
import { analyzed, call, file, lines, random, started } from './fixtures.ts'

const NAMES = ['gpt-4o-2024-08-06', '通义千问-max-🚀', 'a'.repeat(150), 'émile', '👩‍👩‍👧‍👦 family']

async function rich() {
  const next = random(3)
  const records = Array.from({ length: 400 }, (_, i) =>
    call({
      model: NAMES[i % NAMES.length],
      start_time: 1_790_000_000_000 + i * 600_000,
      duration_ms: 10 ** (2 + next() * 2.5),
      ttft_ms: 50 + next() * 100,
      input_tokens: Math.round(next() * 1e7),
      output_tokens: 100,
      cost_usd: i % 7 === 0 ? null : 12.345,
      status: i % 11 === 0 ? 'error' : i % 37 === 0 ? 'aborted' : 'ok',
      ...(i % 11 === 0 ? { error: { type: `Error${i}${'x'.repeat(50)}`, message: '' } } : {}),
      user_id: `user-${i}`,
    }),
  )
  const text = `${lines(...records, started())}{"cut":\n\nnoise ${'y'.repeat(300)}\n{"recount":1,"eve`
  return analyze(file(text), { by: 'user,model' })
}

test('no line is wider than 80 columns, with wide characters and long names', async () => {
  for (const color of [false, true]) {
    for (const line of stripVTControlCharacters(formatText(await rich(), { color })).split('\n')) {
      assert.ok(stringWidth(line) <= 80, `${stringWidth(line)}: ${line}`)
      assert.doesNotMatch(line, /\s$/)
    }
  }
})

test('columns of a table end at the same column', async () => {
  const text = formatText(await rich()).split('\n')
  const begin = text.indexOf('Models')
  const widths = text.slice(begin + 1, begin + 7).map((line) => stringWidth(line))
  assert.equal(new Set(widths).size, 1, widths.join(' '))
})

test('colours only when asked, and they change nothing else', async () => {
  const report = await rich()
  const plain = formatText(report)
  const colored = formatText(report, { color: true })
  assert.equal(plain, stripVTControlCharacters(plain))
  assert.notEqual(colored, plain)
  assert.equal(stripVTControlCharacters(colored), plain)
})

test('it says over how much, what was skipped and why, and what was interrupted', async () => {
  const text = formatText(await rich())
  assert.match(text, /Read 1 file, .* 405 lines: 400 records counted, 5 skipped/)
  assert.match(text, /1 start line, 1 blank line/)
  assert.match(text, /3 lines could not be read/)
  assert.match(text, /:405 cut: the file ends in the middle/)
  assert.match(text, /1 call started and never ended/)
  assert.match(text, /successful calls, exact/)
})

test('without a call it says so and what was read', async () => {
  const text = formatText(await analyzed([{ a: 1 }]))
  assert.match(text, /^No finished calls\n/)
  assert.match(text, /1 line of unknown shape/)
})

test('numbers read well at their edges', () => {
  assert.deepEqual([0, 0.0004, 0.04].map(timeText), ['0 ms', '< 0.001 ms', '0.04 ms'])
  assert.deepEqual([9.99, 999.4, 999.6, 9_994, 59_990, 60_000, 3_600_000].map(timeText), [
    '10 ms',
    '999 ms',
    '1.00 s',
    '9.99 s',
    '60.0 s',
    '1 min 0 s',
    '1 h 0 min',
  ])
  assert.deepEqual([0, 0.0001, 0.039, 0.9999, 1, null].map(shareText), [
    '0 %',
    '< 0.1 %',
    '3.9 %',
    '> 99.9 %',
    '100 %',
    '–',
  ])
  assert.deepEqual([0, 9_999, 10_000, 999_600, 12_345_678].map(shortCount), [
    '0',
    '9,999',
    '10 k',
    '1 M',
    '12.3 M',
  ])
  assert.deepEqual([0, 0.00042, 0.126, 12.345, 1234.5].map(moneyText), [
    '$0',
    '$0.00042',
    '$0.13',
    '$12.35',
    '$1,235',
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { analyze, formatText } from '../src/index.ts'
import { moneyText, shareText, shortCount, timeText } from '../src/text/number-text.ts'
import { analyzed, call, file, lines, random, spanId, started } from './fixtures.ts'

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

test('no line is wider than the terminal, with wide characters, long names and all sections', async () => {
  const report = await rich()
  const options = { baseline: file(lines(...everything())) }
  const compared = await analyzed(everything(), options)
  for (const shown of [report, compared]) {
    for (const columns of [40, 57, 80, 160, undefined]) {
      const options = { color: columns === 80, ...(columns === undefined ? {} : { columns }) }
      const text = stripVTControlCharacters(formatText(shown, options)).split('\n')
      for (const line of text) {
        if (line.startsWith('    /')) continue
        assert.ok(stringWidth(line) <= (columns ?? 80), `${stringWidth(line)}: ${line}`)
        assert.doesNotMatch(line, /\s$/)
      }
    }
  }
})

test('a wider terminal has longer bars and whole names, a narrow one fewer columns', async () => {
  const report = await rich()
  const [narrow, usual, wide] = [40, 80, 160].map((columns) => formatText(report, { columns }))
  const bar = (text = '') => Math.max(...text.split('\n').map((line) => line.split('█').length))
  assert.ok(bar(narrow) < bar(usual) && bar(usual) < bar(wide))
  assert.match(narrow ?? '', /model +calls +errors +p95\n/)
  assert.match(wide ?? '', /a{60}/)
  for (const columns of [0, -1, Number.NaN, 1e9])
    assert.ok(formatText(report, { columns }).length > 100)
})

/** Lines of every kind of ours. */
function everything(): object[] {
  const line = (event: string, at: number, fields: object) => ({
    ...{
      level: at % 2 === 0 ? 30 : 50,
      time: 1_790_000_000_000 + at * 80_000_000,
      recount: 1,
      event,
    },
    ...fields,
  })
  return Array.from({ length: 40 }, (_, at) => {
    const span_id = spanId()
    const trace_id = `${at}`.padStart(32, '0')
    const long = `退款政策-${at % 8}-${'z'.repeat(60)}`
    const score = { name: long, evaluator: 'model', score: (at % 9) / 9 }
    return [
      call({ span_id, trace_id, cost_usd: 1, prompt: { name: long, version: 1 }, ttft_ms: 5 }),
      call({ trace_id, cost_usd: 1 }),
      line('user_action', at, { span_id, action: 'edited' }),
      line('evaluation', at, { span_id, ...score }),
      line('validation', at, { span_id, passed: at % 3 === 0, rule: long }),
      line('tool_call', at, { tool: long, status: at % 4 === 0 ? 'error' : 'ok', duration_ms: at }),
      line('retrieval', at, { source: long, status: 'ok', duration_ms: 3 }),
      line('final_response', at, { latency_ms: { total: 9, retrieval: 1, llm: 7, tools: 1 } }),
    ]
  }).flat()
}

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

test('latencies beyond a minute stand apart within 80 columns, and no bar loses its unit', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => call({ duration_ms: 100 * 1.1 ** i }))
  const text = formatText(await analyzed(rows))
  assert.match(text, /p90 \d+ min \d+ s {2}p95 \d+ min \d+ s/)
  assert.doesNotMatch(text, /^ +\d+ – \d+ (?:min|h) /m)
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
})

test('a share from a cache says of how many calls, and a baseline without calls that it has none', async () => {
  const rows = [call({ input_tokens: 100, cache_read_tokens: 90 }), call({ input_tokens: 100 })]
  const report = await analyzed(rows, { baseline: file('') })
  assert.deepEqual([report.totals.cache_share, report.totals.cache_known_calls], [0.9, 1])
  const text = formatText(report)
  assert.match(text, /90(?:\.0)? % from a cache \(1 of 2 calls say\)/)
  assert.match(text, /The baseline has no calls: there is nothing to compare with/)
  assert.doesNotMatch(text, /new models|verdict/)
  assert.deepEqual(report.comparison?.new_models, [])
})

test('the hint on --map follows the lines it is about, and other lines of a transcript are none of them', async () => {
  const path = file(`${lines({ some: 'thing' })}no JSON\n`)
  assert.match(
    formatText(await analyze(path)),
    /unknown shape\n {2}Calls among them[^!]*! 1 line could/,
  )
  const report = await analyzed([
    { type: 'user', uuid: 'u', sessionId: 's', message: { role: 'user', content: 'q' } },
    { type: 'summary', summary: 'x', leafUuid: 'u' },
    { type: 'response_item', timestamp: '2026-03-01T00:00:00Z', payload: { type: 'message' } },
    call(),
  ])
  const { transcript_line, unknown_shape } = report.input.not_a_call
  assert.deepEqual([transcript_line, unknown_shape], [3, 0])
  assert.doesNotMatch(formatText(report), /Calls among them/)
})

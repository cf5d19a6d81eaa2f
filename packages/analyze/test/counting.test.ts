import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { analyzed, call, file, lines, spanId, started, unaccounted } from './fixtures.ts'

const error = (type: string) => ({ status: 'error', error: { type, message: 'x' } })

test('errors are error and partial, aborted is neither an error nor a latency', async () => {
  const report = await analyzed([
    call({ duration_ms: 10 }),
    call({ duration_ms: 1000, ...error('RateLimitError'), diagnosis: { category: 'rate_limit' } }),
    call({ duration_ms: 2000, status: 'partial' }),
    call({ duration_ms: 3000, status: 'aborted' }),
  ])
  const { calls, errors, partial, aborted, error_rate } = report.totals
  assert.deepEqual([calls, errors, partial, aborted, error_rate], [4, 2, 1, 1, 0.5])
  assert.equal(report.latency_ms.count, 1)
  assert.equal(report.latency_ms.max, 10)
  assert.deepEqual(report.errors_by_type, [
    { type: 'RateLimitError', count: 1 },
    { type: null, count: 1 },
  ])
  assert.deepEqual(report.errors_by_category, [
    { category: 'rate_limit', count: 1 },
    { category: null, count: 1 },
  ])
})

test('what is missing is unknown, not 0', async () => {
  const report = await analyzed([
    call({ duration_ms: 10, input_tokens: 5, cost_usd: 0.1 }),
    call({ duration_ms: undefined, input_tokens: null, cost_usd: null }),
  ])
  assert.equal(report.latency_ms.count, 1)
  assert.equal(report.latency_ms.mean, 10)
  assert.equal(report.totals.input_tokens, 5)
  assert.equal(report.totals.avg_input_tokens, 5)
  assert.equal(report.totals.output_tokens, null)
  assert.equal(report.totals.avg_output_tokens, null)
  assert.equal(report.totals.cost_usd, 0.1)
  assert.equal(report.totals.cost_unknown_calls, 1)
  assert.equal(report.ttft_ms.p50, null)
})

test('a call that was never answered has no price that could be unknown', async () => {
  const none = { input_tokens: undefined, output_tokens: undefined, cost_usd: undefined }
  const report = await analyzed([
    call({ ...error('Overloaded'), ...none }),
    call({ status: 'aborted', ...none }),
    call({ status: 'partial', ...none }),
    call({ ...none }),
  ])
  assert.equal(report.totals.cost_unknown_calls, 2)
})

test('an empty file and a file without a call give a clear result', async () => {
  for (const content of ['', '\n', '{"a":1}\n', '[]']) {
    const report = await analyze(file(content))
    const { calls, error_rate, input_tokens, cost_usd } = report.totals
    assert.deepEqual([calls, error_rate, input_tokens, cost_usd], [0, null, null, null])
    assert.equal(report.latency_ms.p50, null)
    assert.deepEqual(report.by_model, [])
    assert.deepEqual(report.window, { from: null, to: null })
    assert.equal(unaccounted(report), 0)
  }
})

test('cost is summed in whole nano-dollars, without drift', async () => {
  const report = await analyzed(Array.from({ length: 1000 }, () => call({ cost_usd: 0.000_000_1 })))
  assert.equal(report.totals.cost_usd, 0.0001)
  const tenths = await analyzed(Array.from({ length: 30 }, () => call({ cost_usd: 0.1 })))
  assert.equal(tenths.totals.cost_usd, 3)
})

test('a start without an end is interrupted, whatever the order and the file', async () => {
  const [a, b, c] = [spanId(), spanId(), spanId()]
  const all = [
    started({ span_id: a }),
    call({ span_id: a }),
    started({ span_id: b }),
    started({ span_id: c }),
    call({ span_id: c, status: 'aborted' }),
  ]
  for (const order of [all, all.toReversed()]) {
    const report = await analyzed(order)
    assert.equal(report.input.interrupted, 1)
    assert.equal(report.input.interrupted_exact, true)
    assert.equal(report.totals.calls, 2)
    assert.equal(report.input.not_a_call.start_line, 3)
  }
  const files = all.map((record) => file(lines(record)))
  assert.equal((await analyze(files.toReversed())).input.interrupted, 1)
})

test('every line is accounted for, and malformed ones are named without saying what they hold', async () => {
  const path = file(
    [
      JSON.stringify(call()),
      '{"secret":"hunter2"',
      '',
      'plain hunter2 text',
      '{"a":"\0"}',
      '{"latency":NaN}',
      JSON.stringify({ recount: 1, event: 'step', duration_ms: 3 }),
      JSON.stringify({ recount: 2, event: 'llm_call' }),
      '"text"',
      '{"recount":1,"event":"llm_call","model":"hun',
    ].join('\n'),
  )
  const report = await analyze(path)
  assert.equal(report.input.lines, 10)
  assert.equal(report.input.records, 1)
  assert.equal(report.input.skipped.malformed, 5)
  assert.equal(report.input.skipped.not_a_call, 4)
  assert.deepEqual(
    report.input.malformed_examples.map(({ line, reason }) => [line, reason.split(':')[0]]),
    [
      [2, report.input.malformed_examples[0]?.reason],
      [4, 'not JSON'],
      [5, 'has NUL bytes'],
      [6, 'not JSON'],
      [10, 'cut'],
    ].map(([line, reason]) => [line, String(reason).split(':')[0]]),
  )
  assert.ok(report.input.malformed_examples.every((example) => example.file === path))
  assert.doesNotMatch(JSON.stringify(report), /hunter2/)
})

test('content lines are not counted and not parsed, but a cut one is malformed', async () => {
  const content = `{"level":30,"recount":1,"event":"content","part":"input","content":"${'x'.repeat(2000)}`
  const report = await analyze(file(`${content}"}\n${content} not "JSON at all}\n${content} {x}`))
  assert.equal(report.input.not_a_call.content, 2)
  assert.equal(report.input.skipped.malformed, 1)
})

test('a foreign line that speaks of content lines is still read', async () => {
  const text = 'x'.repeat(600)
  const inner = '"recount":1,"event":"content"'
  const report = await analyzed([
    { model: 'm', latency_ms: 5, note: `{${inner},`, text },
    { nested: { recount: 1, event: 'content' }, model: 'm', latency_ms: 6, text },
  ])
  assert.equal(report.totals.calls, 2)
})

test('a line over the limit is malformed and the next one is read', async () => {
  const long = JSON.stringify(call({ msg: 'x'.repeat(17 * 1024 * 1024) }))
  const report = await analyze(file(`${long}\n${JSON.stringify(call())}\n`))
  assert.equal(report.totals.calls, 1)
  assert.match(report.input.malformed_examples[0]?.reason ?? '', /longer than 16 MiB/)
})

test('a compressed twin is left out and named', async () => {
  const plain = file(lines(call()), 'twin.jsonl')
  const compressed = file(lines(call()), 'twin.jsonl.gz')
  const report = await analyze([compressed, plain])
  assert.equal(report.totals.calls, 1)
  assert.deepEqual(report.input.left_out, [compressed])
})

test('sampled records are weighed by the inverse of their rate, and that is said', async () => {
  const kept = call({ sample_rate: 0.1, input_tokens: 100, cost_usd: 0.001, duration_ms: 100 })
  const failed = call({ status: 'error', error: { type: 'E' } })
  const report = await analyzed([kept, kept, failed])
  const { calls, errors, error_rate, input_tokens, cost_usd } = report.totals
  assert.deepEqual([calls, errors], [21, 1])
  assert.equal(error_rate, 1 / 21)
  assert.deepEqual([input_tokens, cost_usd], [2000, 0.02])
  assert.equal(report.input.sampled_records, 2)
  assert.deepEqual(report.errors_by_type, [{ type: 'E', count: 1 }])
})

test('a rate at which nothing can have been sampled weighs nothing, and that is said', async () => {
  const none = [0, -1, -0, 1.5, 1e300, 1e-300, 9e-7, 'often', true, {}]
  const used = { input_tokens: 100, cost_usd: 0.001, duration_ms: 100 }
  const records = none.map((sample_rate) => call({ ...used, sample_rate }))
  const path = file(lines(...records, ...[1, null, '1'].map((rate) => call({ sample_rate: rate }))))
  for (const map of [[], 'operation=no_such_field']) {
    const { totals, input, latency_ms } = await analyze(path, { map })
    assert.deepEqual([totals.calls, totals.input_tokens, totals.cost_usd], [13, 1000, 0.01])
    assert.deepEqual([latency_ms.count, latency_ms.method], [13, 'exact'])
    assert.deepEqual([input.sampled_records, input.unreadable], [0, { sample_rate: none.length }])
  }
  const most = { sample_rate: 1e-6, input_tokens: Number.MAX_SAFE_INTEGER, cost_usd: 9_000_000 }
  const { totals } = await analyzed([call(most), call(most)])
  assert.equal(totals.calls, 2_000_000)
  assert.ok(Math.abs((totals.cost_usd ?? 0) / 18e12 - 1) < 1e-9, String(totals.cost_usd))
  assert.ok(Number.isFinite(totals.input_tokens))
})

test('slow calls that were kept whole do not make the percentiles of sampled ones', async () => {
  const usual = Array.from({ length: 10 }, () => call({ sample_rate: 0.01, duration_ms: 100 }))
  const slow = Array.from({ length: 10 }, () => call({ duration_ms: 5000 }))
  const { latency_ms } = await analyzed([...usual, ...slow])
  assert.equal(latency_ms.count, 1010)
  assert.ok(Math.abs((latency_ms.p95 ?? 0) - 100) <= 0.5, String(latency_ms.p95))
  assert.equal(latency_ms.method, 'sketch')
  assert.equal(latency_ms.max, 5000)
})

test('a record that retries itself is a call of its own', async () => {
  const [one, other] = [spanId(), spanId()]
  const records = [
    call({ span_id: one, status: 'error' }),
    call({ span_id: one, status: 'error', retry_of: one }),
    call({ span_id: other, retry_of: other }),
  ]
  for (const order of [records, records.toReversed()]) {
    const report = await analyzed(order)
    assert.equal(report.totals.calls, 3)
    assert.equal(report.totals.errors, 2)
    assert.equal(report.totals.retries, 0)
    assert.equal(report.input.retries_unmatched, 0)
  }
})

test('records that retry each other in a circle are calls of their own; a retry of none of them is unmatched', async () => {
  for (const length of [2, 3, 7]) {
    const ids = Array.from({ length }, spanId)
    const circle = ids.map((span_id, at) =>
      call({ span_id, status: 'error', retry_of: ids[(at + 1) % length] }),
    )
    const missing = spanId()
    const chain = [call({ span_id: missing, retry_of: spanId() }), call({ retry_of: missing })]
    for (const records of [[...circle, ...chain], [...chain, ...circle].toReversed()]) {
      const report = await analyzed(records)
      assert.equal(report.totals.calls, length)
      assert.equal(report.totals.errors, length)
      assert.equal(report.totals.retries, 2)
      assert.equal(report.input.retries_unmatched, 2)
      assert.equal(unaccounted(report), 0)
    }
  }
})

test('times have 12 significant digits, without the dust of binary fractions', async () => {
  const times = [100, 150, 200, 300]
  const report = await analyzed(
    times.map((ms) => call({ duration_ms: ms / 3, ttft_ms: ms / 10 + 0.2 })),
  )
  for (const { latency_ms, ttft_ms } of [report, ...report.by_model]) {
    for (const summary of [latency_ms, ttft_ms]) {
      for (const name of ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const)
        assert.equal(summary[name], Number(summary[name]?.toPrecision(12)), name)
    }
  }
  assert.equal(report.ttft_ms.p95, 28.7)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBounds, formatText } from '../src/index.ts'
import { analyzed, call } from './fixtures.ts'

const LINE = { model: 'm', latency_ms: 10 }
const SPAN = { 'gen_ai.request.model': 'm', duration_ms: 10 }

test('where no line says how a call ended, errors are unknown, not 0', async () => {
  for (const line of [LINE, SPAN, { ...LINE, level: 30, msg: 'done' }]) {
    const report = await analyzed([line, line])
    const { errors, error_rate } = report.totals
    assert.deepEqual([errors, error_rate], [null, null])
    assert.deepEqual([report.by_model[0]?.errors, report.by_model[0]?.error_rate], [null, null])
    assert.equal(report.latency_ms.count, 2)
    const text = formatText(report).replace(/\s+/g, ' ')
    const told = 'unknown: no field says whether a call failed; map one with --map error=FIELD'
    assert.ok(text.includes(told), text)
    assert.doesNotMatch(text, /successful/)
  }
})

test('a log of a known shape without a failure has 0 errors, though error keys are left out', async () => {
  const course = { event: 'llm_request', model: 'm', prompt_tokens: 3, latency_ms: 10 }
  const span = { ...SPAN, 'gen_ai.usage.output_tokens': 4 }
  for (const line of [course, span]) {
    const { totals } = await analyzed([line, line])
    assert.deepEqual([totals.errors, totals.error_rate], [0, 0])
  }
})

test('tokens alone do not say that a call went well', async () => {
  for (const tokens of [{ prompt_tokens: 3, completion_tokens: 4 }, { usage: { in: 3, out: 4 } }]) {
    const report = await analyzed([{ ...LINE, ...tokens }])
    assert.deepEqual([report.totals.errors, report.totals.error_rate], [null, null])
    const [result] = checkBounds(report, ['error_rate > 0.05'])
    assert.deepEqual([result?.failed, result?.value], [true, null])
  }
})

test('lists and counts of errors, finish reasons and codes of gRPC tell of failures', async () => {
  const pairs = [
    [{ errors: [] }, { errors: ['429'] }],
    [{ error_count: 0 }, { error_count: 1 }],
    [{ finish_reason: 'stop' }, { finish_reason: 'error' }],
    [{ finishReason: 'stop' }, { finishReason: 'error' }],
    [{ code: 0 }, { code: 14 }],
    [{ grpc_code: 0 }, { grpc_code: 1 }],
    [{ grpc: { status: 0 } }, { grpc: { status: 14 } }],
    [{ rpc: { status: { code: 0 } } }, { rpc: { status: { code: 14 } } }],
  ]
  const texts = { in: { model: 'm', took_ms: 900 }, flat: { ...LINE, prompt_tokens: 3 } }
  for (const [good, bad] of pairs) {
    for (const line of Object.values(texts)) {
      const { totals } = await analyzed([good, good, bad].map((end) => ({ ...line, ...end })))
      assert.deepEqual([totals.calls, totals.errors], [3, 1], JSON.stringify([line, bad]))
    }
  }
})

test('what people write for no error is none', async () => {
  const words = ['N/A', 'n/a', '-', '--', 'none', 'None', 'NULL', 'ok', 'OK', 'False', '0', 'nil']
  for (const error of words) {
    for (const line of [LINE, { llm: 'm', took_ms: 900, usage: { in: 1, out: 2 } }]) {
      const { totals } = await analyzed([{ ...line, error }])
      assert.deepEqual([totals.calls, totals.errors], [1, 0], error)
    }
  }
})

test('a line with a model and a word or flag of success is a call, whatever else is unknown', async () => {
  const ts = '2026-11-20T09:00:00Z'
  const pairs = [
    [{ ok: true }, { ok: false }],
    [{ result: 'success' }, { result: 'failure' }],
    [{ status: 'success' }, { status: 'failed' }],
  ]
  for (const [good, bad] of pairs) {
    const lines = [good, good, bad].map((end) => ({ ts, model: 'm', latency: 40, ...end }))
    const { totals, input } = await analyzed(lines)
    assert.deepEqual([totals.calls, totals.errors], [3, 1], JSON.stringify(good))
    assert.equal(input.not_a_call.unknown_shape, 0)
  }
  const { totals } = await analyzed([{ model: 'm', msg: 'model loaded', status: 'ok' }])
  assert.equal(totals.calls, 0)
})

test('the input explained names the key that tells of failures, or that none does', async () => {
  const explainInput = true
  const told = await analyzed([{ ...LINE, errors: [] }], { explainInput })
  assert.deepEqual(told.explain?.[0]?.shapes[0]?.fields.status, { errors: 1 })
  assert.doesNotMatch(formatText(told), /\n +no field says whether a call failed/)
  const silent = await analyzed([LINE], { explainInput })
  assert.match(formatText(silent), /\n +no field says whether a call failed/)
})

test('counts of tokens that cannot be read are counted and told', async () => {
  const texts = ['1,200', '1.2k', '~900']
  for (const [key, line] of Object.entries({
    prompt_tokens: LINE,
    tokens_in: { llm: 'm', took_ms: 9 },
  })) {
    const rows = texts.map((text) => ({ ...line, [key]: text }))
    const report = await analyzed(rows, { explainInput: true })
    assert.equal(report.totals.input_tokens, 1200)
    assert.deepEqual(report.explain?.[0]?.unreadable, { [key]: 2 })
    assert.match(
      formatText(report),
      new RegExp(`2 values of ${key} not counted: they could not be read`),
    )
  }
})

test('a bound on unknown errors has no data, and says what to do', async () => {
  const report = await analyzed([LINE])
  for (const metric of ['error_rate', 'errors', 'by_model[m].error_rate']) {
    const [result] = checkBounds(report, [`${metric} > 0`])
    assert.deepEqual([result?.failed, result?.value], [true, null], metric)
    assert.match(result?.reason ?? '', /no data: no field says .*--map error=FIELD/)
  }
  const [type] = checkBounds(report, ['errors_by_type[Timeout].count > 0'])
  assert.deepEqual([type?.failed, type?.value], [true, null])
})

test('a field that says so is information also where it says nothing went wrong', async () => {
  const told = [
    { error: null },
    { error: '' },
    { error_code: 0 },
    { err: null },
    { status: 'ok' },
    { status: 200 },
    { success: true },
    { ok: true },
  ]
  for (const fields of told) {
    const { totals } = await analyzed([{ ...LINE, ...fields }])
    assert.deepEqual([totals.errors, totals.error_rate], [0, 0], JSON.stringify(fields))
  }
  for (const fields of [{ status: {} }, { status: { code: 1 } }, { StatusCode: 'Unset' }]) {
    const { totals } = await analyzed([{ ...SPAN, ...fields }])
    assert.deepEqual([totals.errors, totals.error_rate], [0, 0], JSON.stringify(fields))
  }
})

test('failures are recognised by the names and values that loggers use', async () => {
  const failed: [object, string | null][] = [
    [{ error: 'boom' }, null],
    [{ error_type: 'Timeout' }, 'Timeout'],
    [{ errorType: 'Timeout' }, 'Timeout'],
    [{ error_code: 429 }, '429'],
    [{ err_code: 'E_SLOW' }, 'E_SLOW'],
    [{ err: { type: 'Timeout', message: 'late' } }, 'Timeout'],
    [{ error_message: 'late' }, null],
    [{ success: false }, null],
    [{ ok: false }, null],
    [{ status: 'error' }, null],
    [{ status: 'failed' }, null],
    [{ status: 400 }, null],
    [{ status: '503' }, null],
    [{ status_code: 429 }, null],
  ]
  for (const [fields, type] of failed) {
    const report = await analyzed([{ ...LINE, ...fields }])
    assert.equal(report.totals.errors, 1, JSON.stringify(fields))
    assert.deepEqual(report.errors_by_type, [{ type, count: 1 }], JSON.stringify(fields))
  }
  assert.equal((await analyzed([{ ...LINE, status: 399 }])).totals.errors, 0)
  for (const status of [600, 'streaming']) {
    const { totals } = await analyzed([{ ...LINE, status }])
    assert.deepEqual([totals.errors, totals.status_unknown_calls], [null, 1], String(status))
  }
})

test('where only failures are told, silence means success, in every group', async () => {
  const report = await analyzed([LINE, { ...LINE, model: 'n', error: 'boom' }])
  assert.deepEqual([report.totals.errors, report.totals.error_rate], [1, 0.5])
  assert.deepEqual(
    report.by_model.map(({ model, errors }) => [model, errors]),
    [
      ['m', 0],
      ['n', 1],
    ],
  )
})

test('where successes are told too, a group of which nothing is told is unknown', async () => {
  const report = await analyzed([LINE, call({ model: 'ours' })])
  assert.equal(report.totals.errors, 0)
  assert.deepEqual(
    report.by_model.map(({ model, errors, error_rate }) => [model, errors, error_rate]),
    [
      ['m', null, null],
      ['ours', 0, 0],
    ],
  )
})

test('a mapped field tells: error where it is there, status in the words of others', async () => {
  const foreign = { took: 5 }
  const absent = await analyzed([foreign], { map: ['latency=took', 'error=problem'] })
  assert.equal(absent.totals.errors, 0)
  const there = await analyzed([{ ...foreign, problem: null }], {
    map: ['latency=took', 'error=problem'],
  })
  assert.equal(there.totals.errors, 0)
  const endings = ['ok', 'partial', 'failed', 500, 'cancelled', 200]
  const records = endings.map((ending) => ({ ...foreign, ending }))
  const { totals } = await analyzed(records, { map: ['latency=took', 'status=ending'] })
  assert.deepEqual([totals.errors, totals.partial, totals.aborted], [3, 1, 1])
})

test('an ending in a foreign word is read, and one in no word is neither a success nor an error', async () => {
  const failures = ['failed', 'failure', 'error'].map((status) => call({ status }))
  const odd = ['weird', null, 7].map((status) => call({ status, duration_ms: 9000 }))
  const told = call({ status: 'weird', error: { type: 'Timeout' } })
  const rows = [call(), call({ status: 'success' }), ...failures, ...odd, told]
  const report = await analyzed(rows, { explainInput: true })
  const { totals, latency_ms, input } = report
  assert.deepEqual([totals.calls, totals.errors, totals.status_unknown_calls], [9, 4, 3])
  assert.deepEqual([latency_ms.count, latency_ms.max], [2, 100])
  assert.deepEqual(input.unreadable, { status: 3 })
  const found = report.explain?.[0]?.unreadable_values
  assert.deepEqual(found, [{ key: 'status', path: 'status', count: 3, first_lines: [6, 7, 8] }])
  assert.match(formatText(report), /3 of an unknown ending/)
  const mapped = [
    { ...LINE, state: 'weird' },
    { ...LINE, state: 'failed' },
  ]
  const others = await analyzed(mapped, { map: 'status=state' })
  assert.deepEqual([others.totals.errors, others.input.unreadable], [1, { status: 1 }])
  const retried = call({ status: 'weird' })
  const again = await analyzed([retried, call({ retry_of: retried.span_id })])
  assert.deepEqual([again.totals.calls, again.totals.status_unknown_calls], [1, 0])
})

test('a time that nobody lives in and a length of a thousand years are told as unreadable, where they are', async () => {
  const rows = [
    ...[call({ start_time: 1e20 }), call({ start_time: 'x' }), call({ duration_ms: 1e15 })],
    ...[call({ cache_read_tokens: 'many' }), call({ input_tokens: -1 }), call()],
  ]
  const report = await analyzed(rows, { explainInput: true })
  const unreadable = { cache_read_tokens: 1, duration_ms: 1, input_tokens: 1, start_time: 2 }
  assert.deepEqual(report.input.unreadable, unreadable)
  assert.deepEqual(report.explain?.[0]?.unreadable, unreadable)
  assert.deepEqual(
    report.explain?.[0]?.unreadable_values.map(({ key, first_lines }) => [key, first_lines]),
    [
      ['start_time', [1, 2]],
      ['duration_ms', [3]],
      ['cache_read_tokens', [4]],
      ['input_tokens', [5]],
    ],
  )
  assert.equal(report.latency_ms.max, 100)
})

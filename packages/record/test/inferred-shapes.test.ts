import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ForeignReader, toNumber } from '../src/shapes.ts'
import { BEGIN, callsOf, iso, repeat } from './foreign-records.ts'

const TOKENS = { model: 'm', prompt_tokens: 100, completion_tokens: 60 }

test('keys are known by their words, however they are spelled', () => {
  const spellings = [
    { at: BEGIN, llmModel: 'm', nPromptTokens: 5, nCompletionTokens: 60, responseTimeSec: 0.9 },
    {
      'time-stamp': iso(0),
      'model-name': 'm',
      'tokens-in': 5,
      'tokens-out': 60,
      'duration-ms': 900,
    },
    { TS: BEGIN, Model: 'm', InputTokens: 5, OutputTokens: 60, ElapsedMilliseconds: 900 },
    { ts: BEGIN, model: { name: 'm' }, usage: { in: 5, out: 60 }, timing: { total_ms: 900 } },
    {
      created: BEGIN,
      model_id: 'm',
      promptTokenCount: '5',
      candidatesTokenCount: '60',
      took: '0.9s',
    },
    { time: BEGIN, model: 'm', num_prompt_tokens: 5, num_generated_tokens: 60, wall_time_us: 9e5 },
  ]
  for (const record of spellings) {
    const [call = {}] = callsOf([record])
    const { model, input_tokens, output_tokens, duration_ms, start_time } = call
    assert.deepEqual(
      [model, Number(input_tokens), Number(output_tokens), duration_ms, start_time],
      ['m', 5, 60, 900, BEGIN * 1000],
      JSON.stringify(record),
    )
  }
})

test('numbers in text may have separators of thousands', () => {
  for (const text of ['1,200', '1 200', '1_200', ' 1,200 ']) {
    const [flat = {}, other = {}] = callsOf([
      { model: 'm', prompt_tokens: text, completion_tokens: 60, latency_ms: text },
      { llm: 'm', tokens_in: text, tokens_out: 60, took_ms: text },
    ])
    for (const call of [flat, other]) {
      assert.deepEqual([toNumber(call.input_tokens), call.duration_ms], [1200, 1200], text)
    }
  }
  assert.deepEqual(['1,20', '12,3456', '1,200 000', ',200'].map(toNumber), [null, null, null, null])
})

test('an id beside a model names no user', () => {
  const [call = {}, named = {}] = callsOf([
    { ...TOKENS, id: 'a1' },
    { ...TOKENS, uid: 'u1' },
  ])
  assert.deepEqual([call.user_id, named.user_id], [undefined, 'u1'])
})

test('a currency does not say whether dollars or cents are counted: prices do, and it is told', () => {
  const units = [
    ['usd', 0.0006],
    ['cents', 0.06],
  ] as const
  for (const [unit, cost] of units) {
    const reader = new ForeignReader()
    reader.read({ ...TOKENS, cost, cost_currency: 'USD' }, 1)
    const [call] = reader.end()
    const found = call?.kind === 'call' ? Number(call.reading.cost_usd).toFixed(6) : null
    assert.deepEqual([found, reader.inferences[0]?.unit], ['0.000600', unit])
  }
})

function durations(records: readonly object[]): unknown[] {
  return callsOf(records).map(({ duration_ms }) => duration_ms)
}

test('the unit of a length is told by start and end of the same calls', () => {
  const times = { started_at: iso(0), finished_at: iso(40) }
  assert.deepEqual(durations([{ ...TOKENS, ...times, elapsed: 40 }]), [40_000])
  assert.deepEqual(durations([{ ...TOKENS, ...times, elapsed: 40_000 }]), [40_000])
})

test('the unit of a length is told by the speed of the tokens', () => {
  for (const [factor, unit] of [
    [1, 's'],
    [1e3, 'ms'],
    [1e6, 'us'],
    [1e9, 'ns'],
  ] as const) {
    const records = repeat(20, (i) => ({ ...TOKENS, latency: (1.5 + i / 10) * factor }))
    assert.equal(Math.round(Number(durations(records)[5])), 2000, unit)
  }
})

test('the unit of a length is told by another length of the same calls', () => {
  const records = repeat(10, (i) => ({
    model: 'm',
    input_tokens: 5,
    ttft_ms: 20_000,
    latency: 40.5 + i,
  }))
  assert.equal(durations(records)[0], 40_500)
})

test('a unit that cannot be told leaves the length out and is reported, with the lines looked at', () => {
  const reader = new ForeignReader()
  const records = repeat(10, (i) => ({ model: 'm', input_tokens: 5, latency: 40.5 + i }))
  const found = records.flatMap((record, i) => reader.read(record, i + 1)).concat(reader.end())
  assert.equal(found.length, 10)
  for (const record of found) {
    assert.ok(record.kind === 'call')
    assert.equal(record.reading.duration_ms, undefined)
  }
  const [inference] = reader.inferences
  assert.equal(inference?.unit, null)
  assert.deepEqual(inference?.lines, { first: 1, last: 10, count: 10 })
})

test('one file has one unit, also for its failed calls, which are short', () => {
  const good = repeat(9, () => ({ ...TOKENS, latency: 1.5 }))
  const bad = { model: 'm', error: 'TimeoutError', latency: 30 }
  const calls = callsOf([bad, ...good])
  assert.equal(calls.find(({ status }) => status === 'error')?.duration_ms, 30_000)
})

function cost(fields: object): unknown {
  return callsOf([{ ...TOKENS, latency_ms: 900, ...fields }])[0]?.cost_usd
}

test('money: cents and millionths by name, by price where the name is silent, other currencies not at all', () => {
  assert.equal(cost({ cost: 0.0012 }), 0.0012)
  assert.equal(cost({ cost_usd: 0.0012 }), 0.0012)
  assert.equal(cost({ costUsd: '$0.0012' }), 0.0012)
  assert.equal(cost({ cost_cents: 0.5 }), 0.005)
  assert.equal(cost({ price_in_cents: 0.5 }), 0.005)
  assert.equal(cost({ cost_micros: 1200 })?.toString().slice(0, 6), '0.0012')
  assert.equal(cost({ cost: 0.08 }), 0.0008, 'as dollars it were 500 dollars a million')
  assert.equal(cost({ cost: 0.0012, currency: 'EUR' }), undefined)
  assert.equal(cost({ cost_eur: 0.0012 }), undefined)
})

test('summaries, tools, starts and other lines with times are no calls', () => {
  const lines = [
    { total_input_tokens: 9000, total_output_tokens: 800, mean_ttft_ms: 200, p99_latency_ms: 900 },
    { type: 'tool', name: 'search', model: 'm', duration_ms: 5 },
    { event: 'llm.call.started', model: 'm', ts: BEGIN },
    { event: 'retry scheduled', model: 'm', attempt: 2 },
    { msg: 'model loaded', model: 'm', duration_ms: 5000 },
    { time: iso(0), method: 'GET', path: '/', status: 200, duration: 20 },
    { max_tokens: 100, limits: { input_tokens: 5 } },
    { cost: 5, user: 'u' },
    { date: '2026-03-01', model: 'm', requests: 500, tokens_in: 50_000, tokens_out: 9000 },
    { date: '2026-03-01', model: 'm', requests: 500, input_tokens: 50_000, output_tokens: 9000 },
    { event: 'llm_call_started', model: 'm', input_tokens: 50 },
  ]
  for (const line of lines) assert.deepEqual(callsOf([line]), [], JSON.stringify(line))
})

test('a length of another part is not the length of the call', () => {
  const record = {
    ...TOKENS,
    retrieval: { latency_ms: 5 },
    retrieval_latency_ms: 5,
    db_ms: 4,
    queue_ms: 3,
    inter_token_latency_ms: 2,
  }
  assert.deepEqual(durations([record]), [undefined])
})

test('failures are told by status words and numbers, flags and error keys in any spelling', () => {
  const failed = [
    ...[
      { outcome: 'FAILED' },
      { callStatus: 'rate_limited' },
      { httpStatus: 503 },
      { isError: true },
    ],
    ...[
      { succeeded: false },
      { exceptionType: 'Timeout' },
      { err: { code: 'E_SLOW' } },
      { timed_out: true },
    ],
  ]
  for (const fields of failed) {
    const [call] = callsOf([{ modelName: 'm', tokensIn: 5, durationMs: 9, ...fields }])
    assert.equal(call?.status, 'error', JSON.stringify(fields))
  }
  const good = [
    { outcome: 'OK' },
    { httpStatus: 200 },
    { isError: false },
    { succeeded: true },
    { error_count: 0 },
  ]
  for (const fields of good) {
    const [call] = callsOf([
      { modelName: 'm', tokensIn: 5, tokensOut: 2, durationMs: 9, ...fields },
    ])
    assert.equal(call?.status, 'ok', JSON.stringify(fields))
  }
})

test('what a message says is never taken for the name of an error', () => {
  const [call] = callsOf([
    { modelName: 'm', durationMs: 9, errorMessage: 'card 4111 was refused for Ann' },
  ])
  assert.equal(call?.status, 'error')
  assert.equal(call?.error_type, undefined)
})

test('cached tokens that are counted apart belong to the input', () => {
  const usage = {
    input_tokens: 4,
    cache_creation_input_tokens: 1000,
    cache_read_input_tokens: 2000,
    output_tokens: 5,
  }
  for (const record of [
    { model: 'm', usage },
    { llm: 'm', result: { usage } },
    { model: 'm', ...usage },
  ]) {
    assert.equal(callsOf([record])[0]?.input_tokens, 3004, JSON.stringify(record))
  }
})

test('whole numbers named in and out beside a model are tokens, where nothing else is named so', () => {
  for (const [input, output] of [
    ['in', 'out'],
    ['input', 'output'],
    ['prompt', 'completion'],
  ] as const) {
    const counts = { [input]: 120, [output]: 40 }
    for (const record of [counts, { data: counts }]) {
      const [call = {}] = callsOf([{ ts: iso(0), model: 'm', ms: 900, ...record }])
      assert.deepEqual([call.input_tokens, call.output_tokens], [120, 40], input)
    }
  }
  const others = [
    { price: { input: 3, output: 15 } },
    { in: 0.5, out: 1.5 },
    { in: 'a', out: 'b' },
    { in: 5 },
    { in: 5, out: 6, prompt_tokens: 120 },
  ]
  for (const record of others) {
    const [call = {}] = callsOf([{ ts: iso(0), model: 'm', ms: 900, ...record }])
    assert.ok([undefined, 120].includes(call.input_tokens as number), JSON.stringify(record))
    assert.equal(call.output_tokens, undefined, JSON.stringify(record))
  }
})

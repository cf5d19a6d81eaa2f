import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPricer, type PricedCall } from '../src/cost/call-price.ts'
import { costFacts } from '../src/cost/cost-facts.ts'
import type { PriceRule } from '../src/cost/price-rule.ts'
import { TABLE_VERSION } from '../src/cost/price-table.ts'
import { CaptureError } from '../src/errors.ts'
import { providerNamed } from '../src/providers/known.ts'
import { seeded } from './mutations.ts'
import { requestOf } from './told.ts'

const TIME = Date.parse('2026-03-01T12:00:00Z')
const RULE: PriceRule = {
  match: 'acme-*',
  input: 3,
  output: 15,
  cache_read: 0.3,
  cache_write: 3.75,
}

function call(over: Partial<PricedCall> = {}): PricedCall {
  return {
    provider: 'openai',
    model: 'gpt-4o',
    time: TIME,
    input_tokens: 1000,
    output_tokens: 100,
    ...over,
  }
}

test('a call costs what the table says, cached tokens at their own price', () => {
  const price = createPricer()
  assert.deepEqual(price(call()).price, {
    cost_usd: 0.0035,
    cost_source: 'table',
    price_version: TABLE_VERSION,
  })
  assert.equal(price(call({ cache_read_tokens: 400 })).price.cost_usd, 0.003)
  const claude = call({
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    cache_read_tokens: 500,
    cache_write_tokens: 100,
  })
  assert.equal(price(claude).price.cost_usd, 0.003225)
  // Kept for an hour, what is written costs twice the input.
  const billed = { cache_write_1h_tokens: 100 }
  assert.equal(price({ ...claude, billed }).price.cost_usd, 0.00345)
})

test('prices are those of the day of the call', () => {
  const price = createPricer([
    { ...RULE, match: 'm', input: 1, from: '2026-01-01' },
    { ...RULE, match: 'm', input: 2, from: '2026-02-01' },
  ])
  const on = (day: string): number | null =>
    price(call({ model: 'm', output_tokens: 0, time: Date.parse(day) })).price.cost_usd
  assert.deepEqual([on('2025-12-31'), on('2026-01-01'), on('2026-02-01')], [null, 0.001, 0.002])
})

test('buckets sum: what is cached is within the input, reasoning within the output', () => {
  const price = createPricer([RULE])
  const random = seeded(4)
  for (let time = 0; time < 500; time++) {
    const input = Math.floor(random() * 1_000_000)
    const read = Math.floor(random() * input)
    const write = Math.floor(random() * (input - read))
    const output = Math.floor(random() * 100_000)
    const found = price(
      call({
        model: 'acme-1',
        input_tokens: input,
        output_tokens: output,
        cache_read_tokens: read,
        cache_write_tokens: write,
        reasoning_tokens: Math.floor(random() * output),
      }),
    )
    const nanos = (input - read - write) * 3000 + read * 300 + write * 3750 + output * 15_000
    assert.equal(found.price.cost_usd, Math.round(nanos) / 1e9)
    assert.ok(Number.isInteger(Number(((found.price.cost_usd ?? 0) * 1e9).toPrecision(15))))
  }
})

test('counts that cannot be are no price', () => {
  const price = createPricer([{ ...RULE, match: '*' }])
  const odd = [{ cache_read_tokens: 2000 }, { reasoning_tokens: 200 }]
  for (const over of odd) {
    const found = price(call(over)).price
    assert.equal(found.cost_usd, null)
    assert.equal(found.cost_source, 'unknown')
    assert.match(found.cost_reason ?? '', /more (?:cached|reasoning) tokens than/)
  }
})

test('a model that the table prices by something else than what was counted has no price', () => {
  const price = createPricer()
  const whisper = { provider: 'openai', model: 'whisper-1' }
  for (const counts of [
    { input_tokens: 0, output_tokens: 0 },
    { input_tokens: 5, output_tokens: 2 },
  ]) {
    const found = price(call({ ...whisper, ...counts })).price
    assert.equal(found.cost_usd, null)
    assert.match(found.cost_reason ?? '', /no price for what was counted/)
  }
  const billed = { audio_seconds: 60 }
  const none = { input_tokens: undefined, output_tokens: undefined }
  assert.equal(price(call({ ...whisper, ...none, billed })).price.cost_usd, 0.006)
  const own = createPricer([{ ...RULE, match: '*' }])
  assert.equal(own(call({ ...whisper, ...none, billed })).price.cost_usd, 0.006)
})

test('a price of your own without a tier is a list price: the tier makes of it what it makes of those', () => {
  const plain = createPricer([RULE])
  const on = (service_tier: string): number | null =>
    plain(call({ model: 'acme-1', service_tier })).price.cost_usd
  const list = on('default') as number
  assert.deepEqual([on('batch'), on('flex')], [list / 2, list / 2])
  assert.equal(on('scale'), null, 'what the tier makes of it nobody knows')
  const tiered = createPricer([
    { ...RULE, tier: 'batch' },
    { ...RULE, tier: 'scale' },
  ])
  for (const service_tier of ['batch', 'scale'])
    assert.equal(tiered(call({ model: 'acme-1', service_tier })).price.cost_usd, list)
})

test('unknown is null with the reason, never 0', () => {
  const price = createPricer()
  const unknown: [Partial<PricedCall>, RegExp][] = [
    [{ model: 'nobody-knows' }, /table has no price for the model nobody-knows of openai$/],
    [{ provider: 'nobody' }, /table has no price for the provider nobody$/],
    [{ output_tokens: null }, /no token counts/],
    [{ service_tier: 'scale' }, /tier scale/],
    [{ provider: 'anthropic', model: 'claude-sonnet-4-5', service_tier: 'priority' }, /tier/],
  ]
  for (const [over, reason] of unknown) {
    const found = price(call(over)).price
    assert.equal(found.cost_usd, null)
    assert.equal(found.cost_source, 'unknown')
    assert.match(found.cost_reason ?? '', reason)
  }
})

test('a batch is half the price, and so is flex; priority costs more', () => {
  const price = createPricer()
  const cost = (service_tier: string): number | null => price(call({ service_tier })).price.cost_usd
  assert.deepEqual(
    ['default', 'batch', 'flex', 'priority'].map(cost),
    [0.0035, 0.00175, 0.00175, 0.00595],
  )
})

test('own prices: those for the tier first, then the latest, then the last; provider and model must match', () => {
  const rules: PriceRule[] = [
    { match: 'acme-large', input: 1, output: 0 },
    { match: 'acme-*', input: 2, output: 0 },
    { match: 'acme-*', input: 3, output: 0, provider: 'azure.*' },
    { match: '*', input: 4, output: 0, tier: 'priority' },
  ]
  const price = createPricer(rules)
  const cost = (over: Partial<PricedCall>): number | null =>
    price(call({ model: 'acme-large', ...over })).price.cost_usd
  assert.equal(cost({}), 0.002)
  assert.equal(cost({ provider: 'azure.ai.openai' }), 0.003)
  assert.equal(cost({ service_tier: 'priority' }), 0.004)
  assert.equal(cost({ service_tier: 'batch' }), 0.001)
  assert.equal(cost({ model: 'deployment-7', response_model: 'ACME-large' }), 0.002)
})

test('what a provider says that it takes comes before the table and after own prices', () => {
  const said = call({ provider_cost_usd: 0.123_456_789_4 })
  assert.deepEqual(createPricer()(said).price, {
    cost_usd: 0.123456789,
    cost_source: 'provider',
  })
  assert.equal(createPricer([{ ...RULE, match: '*' }])(said).price.cost_source, 'override')
})

test('what Cohere bills is not what the model saw', () => {
  const provider = providerNamed('cohere')
  const body = {
    id: 'x',
    message: { role: 'assistant', content: [{ type: 'text', text: 'Paris.' }] },
    finish_reason: 'COMPLETE',
    usage: {
      billed_units: { input_tokens: 10, output_tokens: 10 },
      tokens: { input_tokens: 507, output_tokens: 10 },
      cached_tokens: 448,
    },
  }
  const request = { ...requestOf('cohere.chat'), model: 'acme-1' }
  const facts = provider.answer(body, request)
  assert.equal(facts.input_tokens, 507)
  const priced = costFacts(
    { provider: 'cohere', request, facts, time: TIME },
    createPricer([{ match: '*', input: 1, output: 1 }]),
  )
  assert.equal(priced.cost_usd, 0.00002)
})

test('what compacting the context took is paid for, and what another model did has no price here', () => {
  const usage = { input_tokens: 600, output_tokens: 100 }
  const compaction = { type: 'compaction', input_tokens: 60_000, output_tokens: 500 }
  const request = { ...requestOf('anthropic.messages'), model: 'claude-sonnet-4-5' }
  const costOf = (iterations: readonly object[]): number | null | undefined => {
    const content = [{ type: 'text', text: 'Yes.' }]
    const body = {
      type: 'message',
      model: 'claude-sonnet-4-5',
      content,
      usage: { ...usage, iterations },
    }
    const facts = providerNamed('anthropic').answer(body, request)
    assert.equal(facts.input_tokens, 600)
    const price = createPricer()
    return costFacts({ provider: 'anthropic', request, facts, time: TIME }, price).cost_usd
  }
  assert.equal(costOf([{ ...usage, type: 'message' }]), 0.0033)
  assert.equal(costOf([compaction, { ...usage, type: 'message' }]), 0.1908)
  const advisor = { type: 'advisor_message', model: 'claude-opus-4-7', ...usage }
  assert.equal(costOf([{ ...usage, type: 'message' }, advisor]), null)
})

test('the share of the window is that of the model, and nothing where it is not known', () => {
  const facts = { output: 'Hello', input_tokens: 20_000, output_tokens: 1 }
  const request = { ...requestOf('anthropic.messages'), model: 'claude-sonnet-4-5', input: [1, 2] }
  const priced = costFacts({ provider: 'anthropic', request, facts, time: TIME }, createPricer())
  assert.deepEqual(priced.context_window, { messages: 2, limit: 200_000, used: 0.1 })
  const other = { ...request, model: 'nobody-knows' }
  const unknown = costFacts(
    { provider: 'anthropic', request: other, facts, time: TIME },
    createPricer(),
  )
  assert.equal(unknown.context_window, undefined)
})

test('a call that was not answered has no cost at all', () => {
  const asked = { provider: 'openai', request: requestOf('openai.chat'), facts: {}, time: TIME }
  assert.deepEqual(costFacts(asked, createPricer()), {})
})

test('wrong prices are named at once', () => {
  const wrong: [unknown, RegExp][] = [
    ['text', /`prices`/],
    [[{ match: '', input: 1, output: 1 }], /prices\[0\]\.match/],
    [[RULE, { match: 'a', input: 1 }], /prices\[1\]\.output/],
    [[{ ...RULE, input: Number.NaN }], /prices\[0\]\.input/],
    [[{ ...RULE, from: 'tomorrow' }], /prices\[0\]\.from/],
    [[{ ...RULE, price: 1 }], /price/],
    [[{ ...RULE, match: '*a*b*c*d*' }], /three/],
  ]
  for (const [prices, said] of wrong) {
    assert.throws(
      () => createPricer(prices),
      (error) =>
        error instanceof CaptureError &&
        error.code === 'CAPTURE_OPTION_INVALID' &&
        said.test(error.message),
    )
  }
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices'
import { createPricer } from '../src/cost/call-price.ts'
import { TABLE_VERSION, tablePrice } from '../src/cost/price-table.ts'

const TIME = Date.parse('2026-03-01T12:00:00Z')

test('the version of the table is that of the installed package', () => {
  const path = new URL(
    '../../../../node_modules/@pydantic/genai-prices/package.json',
    import.meta.url,
  )
  const { version } = JSON.parse(readFileSync(path, 'utf8'))
  assert.equal(TABLE_VERSION, `genai-prices@${version}`)
})

test('what is answered with a length of sound costs nothing by a table that prices tokens alone: it is not known', () => {
  const price = createPricer()
  const counts = {
    input_tokens: undefined,
    output_tokens: undefined,
    billed: { audio_seconds: 60 },
  }
  for (const kind of ['', '-mini']) {
    const model = `gpt-4o${kind}-transcribe`
    const found = price({ provider: 'openai', model, time: TIME, ...counts }).price
    assert.equal(found.cost_usd, null)
    assert.equal(
      found.cost_reason,
      `the table has no price for what was counted of the model ${model} of openai`,
    )
  }
})

test('whatever the model, counts that the table does not price never cost 0', () => {
  const models = tableProviders().flatMap(({ id, models }) =>
    models.map((model) => [id, model] as const),
  )
  assert.ok(models.length > 1000)
  for (const [provider, model] of models) {
    const counts = [...UNPRICED, ...(hasSoundPrice(model) ? [] : [{ audio_seconds: 60 }])]
    for (const usage of counts) {
      const found = tablePrice(provider, model.id, usage, TIME)
      assert.ok(found === undefined || found.isFree || found.usd === undefined, model.id)
    }
  }
})

const UNPRICED = [
  { unheard_of_tokens: 60 },
  { unheard_of_searches: 60 },
  { input_tokens: 0, output_tokens: 0, unheard_of_pages: 60 },
]

function hasSoundPrice({ prices }: ModelInfo): boolean {
  const all = Array.isArray(prices) ? prices.map((one) => one.prices) : [prices]
  return all.flatMap(Object.keys).some((key) => key.endsWith('audio_hours'))
}

/** All of the table, by the ids that stand in its file. */
function tableProviders(): Provider[] {
  const path = new URL(import.meta.resolve('@pydantic/genai-prices'))
  const ids = [...readFileSync(path, 'utf8').matchAll(/\bid: "([^"]+)"/g)].map(([, id]) => id)
  const found = [...new Set(ids)].flatMap((id) => findProvider({ providerId: id as string }) ?? [])
  return [...new Set(found)]
}

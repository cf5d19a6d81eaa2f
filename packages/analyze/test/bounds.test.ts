import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBounds, checkExpressions, type Report } from '../src/index.ts'
import { analyzed, call } from './fixtures.ts'

async function report(): Promise<Report> {
  return analyzed(
    [
      ...Array.from({ length: 9 }, () =>
        call({ model: 'gpt-4.1[x]', duration_ms: 1500, cost_usd: 0.01 }),
      ),
      call({ model: 'other', status: 'error', error: { type: 'RateLimitError', message: 'x' } }),
    ],
    { by: 'model,user' },
  )
}

test('an expression fails when it is true', async () => {
  const numbers = await report()
  const cases = {
    'p95 > 1s': true,
    'p95 > 1500': false,
    'p95>=1500ms': true,
    'p50 < 2s': true,
    'error_rate > 5%': true,
    'error_rate > 10%': false,
    'error_rate >= 0.1': true,
    'cost_usd > 0.05usd': true,
    'cost_usd = 0.09': true,
    'calls != 10': false,
    'calls < 1e2': true,
    'latency_ms.max == 1.5s': true,
    'totals.errors > 0': true,
    'by_model[gpt-4.1[x]].error_rate > 0%': false,
    'by_model[gpt-4.1[x]].latency_ms.p99 > 1s': true,
    'groups[other,null].errors > 0': true,
    'errors_by_type[RateLimitError].count > 0': true,
    'errors_by_type[Never].count > 0': false,
    'input.skipped.malformed > 0': false,
    'input.interrupted > 0': false,
  }
  for (const [expression, failed] of Object.entries(cases)) {
    const [result] = checkBounds(numbers, [expression])
    assert.equal(result?.failed, failed, `${expression}: ${result?.reason}`)
  }
})

test('a metric without data fails, unless that is allowed', async () => {
  const numbers = await report()
  for (const expression of ['ttft_p95 > 1s', 'by_model[nope].error_rate > 1%']) {
    const [strict] = checkBounds(numbers, [expression])
    assert.deepEqual([strict?.failed, strict?.value], [true, null])
    assert.match(strict?.reason ?? '', /no data/)
    assert.equal(checkBounds(numbers, [expression], { allowEmpty: true })[0]?.failed, false)
  }
})

test('a wrong expression is named before anything is read', () => {
  const wrong = [
    'p95',
    'p95 > ',
    'p96 > 1',
    'p95 > 1 %',
    'error_rate > 2s',
    'calls > 5ms',
    'latency_ms.count > 5ms',
    'cost_usd > 5%',
    'by_model[x].nope > 1',
    'latency_ms.p95.x > 1',
    'totals.__proto__ > 1',
    'p95 > 1 or calls > 2',
  ]
  for (const expression of wrong) {
    assert.throws(() => checkExpressions([expression]), {
      code: 'ANALYZE_EXPRESSION_INVALID',
      message: /got `/,
    })
  }
})

test('comparing with a baseline says that it is not there yet', async () => {
  const numbers = await report()
  assert.throws(() => checkExpressions(['p95 > +10%']), { code: 'ANALYZE_NOT_AVAILABLE' })
  assert.throws(() => checkBounds(numbers, [], { baseline: numbers }), {
    code: 'ANALYZE_NOT_AVAILABLE',
  })
})

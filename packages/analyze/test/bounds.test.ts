import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBounds, checkExpressions, type Report } from '../src/index.ts'
import { analyzed, call, file, lines } from './fixtures.ts'

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
    'interrupted > 0': false,
    'interrupted >= 0': true,
    'error_rate > 1': false,
    'error_rate > 100%': false,
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

test('a share is from 0 to 1, or a percentage: anything else could never fire', () => {
  for (const metric of ['error_rate', 'totals.error_rate', 'by_model[x].error_rate']) {
    assert.throws(() => checkExpressions([`${metric} > 10`]), {
      code: 'ANALYZE_EXPRESSION_INVALID',
      message: `Expected a share from 0 to 1 or a percentage, as in \`${metric} > 10%\`, got \`${metric} > 10\``,
    })
  }
  assert.throws(
    () => checkExpressions(['error_rate > 150%']),
    /at most 100%, got `error_rate > 150%`/,
  )
})

test('a spelling that is nearly right is told the right one', () => {
  const right = {
    'by_model[x].p95 > 3s': 'by_model[x].latency_ms.p95 > 3s',
    'groups[a,b].ttft_p95 > 3s': 'groups[a,b].ttft_ms.p95 > 3s',
    'by_model[x].max > 3s': 'by_model[x].latency_ms.max > 3s',
    'max > 3s': 'latency_ms.max > 3s',
    'lines > 3': 'input.lines > 3',
    'malformed > 3': 'input.skipped.malformed > 3',
    'P95 > 3s': 'p95 > 3s',
    'p95 >> 3s': 'p95 > 3s',
    'p95 => 3s': 'p95 >= 3s',
  }
  for (const [wrong, suggested] of Object.entries(right)) {
    assert.throws(
      () => checkExpressions([wrong]),
      ({ message }: Error) =>
        message.includes(`\`${suggested}\``) && message.includes(`got \`${wrong}\``),
      wrong,
    )
    checkExpressions([suggested])
  }
})

test('what names no metric is told the usual ones and where all of them stand', () => {
  assert.throws(
    () => checkExpressions(['speed > 3']),
    /error_rate.*analyze --help.*got `speed > 3`/,
  )
})

test('a broken bound is told in the unit that it was given in, without the dust of fractions', async () => {
  const report = await analyzed([
    ...Array.from({ length: 49 }, () => call({ duration_ms: 1234, cost_usd: 0.1 })),
    call({ status: 'error', cost_usd: 0.2 }),
  ])
  const expressions = {
    'error_rate > 1%': 'totals.error_rate is 2 %, which is > 1 %',
    'p95 > 1.2s': 'latency_ms.p95 is 1.234 s, which is > 1.2 s',
    'cost_usd > 2 usd': 'totals.cost_usd is 5.1 usd, which is > 2 usd',
    'latency_ms.mean > 1233.9999999': 'latency_ms.mean is 1234, which is > 1233.9999999',
  }
  const results = checkBounds(report, Object.keys(expressions))
  assert.deepEqual(
    results.map(({ reason }) => reason),
    Object.values(expressions),
  )
})

test('a bound on any entry is broken by one, and names that which breaks it most', async () => {
  const rows = (cost: number) =>
    ['a', 'b', 'c'].map((user_id, i) => call({ user_id, model: `m${i}`, cost_usd: i * cost }))
  const report = await analyzed(rows(2), { by: 'user', baseline: file(lines(...rows(1))) })
  const told = (expression: string) => {
    const [result] = checkBounds(report, [expression])
    return [result?.failed, result?.metric, result?.value]
  }
  assert.deepEqual(told('groups[*].cost_usd > 3'), [true, 'groups[c].cost_usd', 4])
  assert.deepEqual(told('groups[*].cost_usd > 5'), [false, 'groups[c].cost_usd', 4])
  assert.deepEqual(told('by_model[*].calls < 2'), [true, 'by_model[m0].calls', 1])
  assert.deepEqual(told('groups[*].cost_usd = 2'), [true, 'groups[b].cost_usd', 2])
  assert.deepEqual(told('groups[*].cost_usd > +50%')[0], true)
  assert.deepEqual(told('groups[*].cost_usd > +3usd'), [false, 'groups[c].cost_usd', 2])
  assert.deepEqual(told('errors_by_type[*].count > 0'), [false, 'errors_by_type[*].count', 0])
})

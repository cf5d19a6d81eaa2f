import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatOtlp } from '../src/index.ts'
import { analyzed, call, random } from './fixtures.ts'

interface Point {
  readonly attributes: readonly {
    readonly key: string
    readonly value: { readonly stringValue: string }
  }[]
  readonly [field: string]: unknown
}

interface Metric {
  readonly name: string
  readonly unit: string
  readonly [kind: string]: unknown
}

function metricsOf(text: string): Map<string, Metric> {
  const { resourceMetrics } = JSON.parse(text) as {
    resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[]
  }
  const metrics = resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? []
  return new Map(metrics.map((metric) => [metric.name, metric]))
}

function pointsOf(metric: Metric | undefined): (Omit<Point, 'attributes'> & { of: string })[] {
  assert.ok(metric)
  const { dataPoints } = (metric.histogram ?? metric.summary ?? metric.sum) as {
    dataPoints: Point[]
  }
  return dataPoints.map(({ attributes, ...rest }) => ({
    ...rest,
    of: attributes.map(({ key, value }) => `${key}=${value.stringValue}`).join(' '),
  }))
}

const TIMES = {
  startTimeUnixNano: '1790000000000000000',
  timeUnixNano: '1790000060000000000',
}
const CALLS = [
  call({ model: 'a', duration_ms: 1_500, ttft_ms: 250, input_tokens: 10, output_tokens: 2 }),
  call({ model: 'a', duration_ms: 500, start_time: 1_790_000_060_000, input_tokens: 20 }),
  call({ model: 'a', status: 'error', cost_usd: 0.25 }),
  call({ model: 'a', status: 'aborted' }),
  call({ model: 'a', status: 'partial' }),
]

test('it is one line with the names and units of the GenAI conventions', async () => {
  const text = formatOtlp(await analyzed(CALLS))
  assert.equal(text.split('\n').length, 2)
  const metrics = metricsOf(text)
  const { unit, histogram } = metrics.get('gen_ai.client.operation.duration') as Metric
  const of = 'gen_ai.request.model=a'
  assert.equal(unit, 's')
  assert.equal((histogram as { aggregationTemporality: number }).aggregationTemporality, 1)
  assert.deepEqual(pointsOf(metrics.get('gen_ai.client.operation.duration')), [
    { ...TIMES, of, count: '2', sum: 2, min: 0.5, max: 1.5 },
  ])
  assert.deepEqual(pointsOf(metrics.get('gen_ai.client.operation.time_to_first_chunk')), [
    { ...TIMES, of, count: '1', sum: 0.25, min: 0.25, max: 0.25 },
  ])
  assert.deepEqual(pointsOf(metrics.get('gen_ai.client.token.usage')), [
    { ...TIMES, of: `${of} gen_ai.token.type=input`, count: '2', sum: 30 },
    { ...TIMES, of: `${of} gen_ai.token.type=output`, count: '1', sum: 2 },
  ])
  assert.deepEqual(pointsOf(metrics.get('recount.cost')), [{ ...TIMES, of, asDouble: 0.25 }])
})

test('calls are counted once, by how they ended', async () => {
  const points = pointsOf(metricsOf(formatOtlp(await analyzed(CALLS))).get('recount.calls'))
  assert.deepEqual(
    points.map(({ of, asInt }) => [of.split('=').at(-1), asInt]),
    [
      ['ok', '2'],
      ['error', '1'],
      ['partial', '1'],
      ['aborted', '1'],
    ],
  )
})

test('with --by the points are the groups, under the names of the conventions where there are any', async () => {
  const report = await analyzed([call({ provider: 'acme', tenant_id: 't', duration_ms: 1 })], {
    by: 'model,provider,tenant',
  })
  const points = pointsOf(metricsOf(formatOtlp(report)).get('gen_ai.client.operation.duration'))
  assert.deepEqual(
    points.map(({ of }) => of),
    ['gen_ai.request.model=m gen_ai.provider.name=acme recount.tenant=t'],
  )
})

test('what is not known is not written', async () => {
  const { start_time: _, ...timeless } = call({ duration_ms: undefined })
  const metrics = metricsOf(formatOtlp(await analyzed([timeless])))
  assert.deepEqual([...metrics.keys()], ['recount.calls'])
})

test('durations have the buckets that the conventions advise, each value in one', async () => {
  const lengths = [1, 10, 10.001, 640, 641, 81_920, 81_921, 999_999]
  const calls = lengths.map((duration_ms) => call({ model: 'a', duration_ms, ttft_ms: 1 }))
  const report = await analyzed([...calls, call({ model: 'b' })], { mergeable: true })
  const metrics = metricsOf(formatOtlp(report))
  const [point] = pointsOf(metrics.get('gen_ai.client.operation.duration'))
  const bounds = [
    ...[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  ]
  assert.deepEqual(point?.explicitBounds, bounds)
  const counts = ['2', '1', '0', '0', '0', '0', '1', '1', '0', '0', '0', '0', '0', '1', '2']
  assert.deepEqual(point?.bucketCounts, counts)
  const [first] = pointsOf(metrics.get('gen_ai.client.operation.time_to_first_chunk'))
  assert.deepEqual((first?.bucketCounts as string[] | undefined)?.slice(0, 2), ['8', '0'])
})

test('buckets add up to the count, also of groups, of sampled calls and of very many', async () => {
  const next = random(4)
  const calls = Array.from({ length: 3000 }, (_, i) =>
    call({
      ...{ duration_ms: next() * 3000, user_id: `u${i % 2}` },
      ...(i % 7 === 0 ? { sample_rate: 0.3 } : {}),
    }),
  )
  const report = await analyzed(calls, { mergeable: true, by: 'user' })
  const points = pointsOf(metricsOf(formatOtlp(report)).get('gen_ai.client.operation.duration'))
  assert.equal(points.length, 2)
  for (const { count, bucketCounts } of points) {
    const sum = (bucketCounts as string[]).reduce((all, n) => all + Number(n), 0)
    assert.equal(sum, Number(count))
    assert.ok((bucketCounts as string[]).every((n) => /^\d+$/.test(n)))
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBounds, formatPrometheus } from '../src/index.ts'
import { analyzed, call } from './fixtures.ts'
import { HOSTILE_NAMES, hostileReport } from './report-cases.ts'

/** The samples of a text in the exposition format; throws at the first line that is not of it. */
function parsed(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const type = /^# TYPE (\w+) (gauge|summary)$/.exec(line)
    if (type) {
      assert.ok(!types.has(type[1] as string), `twice: ${line}`)
      types.set(type[1] as string, type[2] as string)
    } else if (!/^# HELP \w+ .+$/.test(line)) {
      const sample =
        /^(\w+?)((?:_sum|_count)?)((?:\{\w+="(?:[^"\\\n]|\\[\\"n])*"(?:,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})?) (\S+)$/.exec(
          line,
        )
      assert.ok(sample, `not a sample: ${line}`)
      const [, name = '', suffix = '', labels = '', value] = sample
      assert.ok(types.has(name) || types.has(name + suffix), `without a type: ${line}`)
      assert.ok(!samples.has(name + suffix + labels), `twice: ${line}`)
      samples.set(name + suffix + labels, Number(value))
    }
  }
  return samples
}

test('times are seconds, what is unknown is left out, and the sums over models are the total', async () => {
  const records = [
    call({ model: 'a', duration_ms: 1_500, input_tokens: 10 }),
    call({ model: 'b', duration_ms: 500, input_tokens: 5 }),
    call({ model: 'b', status: 'error', duration_ms: 9 }),
  ]
  const samples = parsed(formatPrometheus(await analyzed(records)))
  assert.equal(samples.get('recount_calls'), 3)
  assert.equal(samples.get('recount_model_calls{model="a"}'), 1)
  assert.equal(samples.get('recount_model_calls{model="b"}'), 2)
  assert.equal(samples.get('recount_model_failed_calls{model="b"}'), 1)
  assert.equal(samples.get('recount_latency_seconds{quantile="0.5"}'), 1)
  assert.equal(samples.get('recount_latency_seconds_sum'), 2)
  assert.equal(samples.get('recount_latency_seconds_count'), 2)
  assert.equal(samples.get('recount_model_latency_seconds{model="a",quantile="0.95"}'), 1.5)
  assert.equal(samples.get('recount_input_tokens'), 15)
  assert.equal(samples.get('recount_window_start_timestamp_seconds'), 1_790_000_000)
  assert.equal(samples.has('recount_cost_usd'), false)
  assert.equal(samples.has('recount_output_tokens'), false)
})

test('a hostile name stays in its label, and no sample is there twice', async () => {
  const report = await hostileReport()
  const bounds = checkBounds(report, ['p95 > 2s', 'p95 > 2s', 'calls = 0'])
  const samples = parsed(formatPrometheus(report, { bounds }))
  const models = [...samples.keys()].filter((key) => key.startsWith('recount_model_calls{'))
  assert.equal(models.length, HOSTILE_NAMES.length)
  assert.equal(samples.get('recount_bound_broken{expression="p95 > 2s (2)"}'), 1)
  assert.equal(samples.get('recount_bound_broken{expression="calls = 0"}'), 0)
})

test('keys of --by are labels; those that would have one name are told apart', async () => {
  const metadata = { 'a-b': '1', 'a.b': '2' }
  const report = await analyzed([call({ metadata })], { by: 'metadata.a-b,metadata.a.b,tenant' })
  const samples = parsed(formatPrometheus(report))
  const [first] = [...samples.keys()].filter((key) => key.startsWith('recount_group_calls'))
  assert.equal(first, 'recount_group_calls{metadata_a_b="1",metadata_a_b_="2",tenant=""}')
})

test('names that differ only in broken characters are told apart', async () => {
  const report = await analyzed([call({ model: 'x\ud800' }), call({ model: 'x\ufffd' })])
  const models = [...parsed(formatPrometheus(report)).keys()].filter((key) =>
    key.startsWith('recount_model_calls'),
  )
  assert.equal(models.length, 2)
})

test('control characters in labels are replaced, as in the other outputs', async () => {
  const text = formatPrometheus(await analyzed([call({ model: 'a\u001b[2Jb\nc\u202ed' })]))
  assert.ok(text.includes('model="a�[2Jb�c�d"'), text)
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
})

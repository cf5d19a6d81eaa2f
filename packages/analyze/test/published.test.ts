import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { analyze, type Summary } from '../src/index.ts'
import { DATA, needsData } from './data-set.ts'
import { file, unaccounted } from './fixtures.ts'

const LLMPERF_MAP = [
  'latency=end_to_end_latency_s:s',
  'ttft=ttft_s:s',
  'error=error_code',
  'input_tokens=number_input_tokens',
  'output_tokens=number_output_tokens',
]

function near(actual: number | null, seconds: number, what: string) {
  assert.ok(actual !== null, what)
  const relative = Math.abs(actual / 1000 - seconds) / Math.abs(seconds)
  assert.ok(relative <= 1e-9, `${what}: ${actual} ms is not ${seconds} s`)
}

type Published = Readonly<Record<string, number>>

function compare(summary: Summary, published: Published, prefix: string) {
  for (const name of ['p50', 'p90', 'p95', 'p99'] as const) {
    near(summary[name], Number(published[`${prefix}_quantiles_${name}`]), `${prefix} ${name}`)
  }
  for (const name of ['mean', 'min', 'max'] as const) {
    near(summary[name], Number(published[`${prefix}_${name}`]), `${prefix} ${name}`)
  }
}

const LLMPERF = 'llmperf: the published quantiles, error rows counted and kept out'
test(LLMPERF, needsData, async (t) => {
  const names = readdirSync(join(DATA, 'llmperf/individual'))
  assert.ok(names.length > 0)
  for (const name of names) await t.test(name, () => comparePublished(name))
})

async function comparePublished(name: string) {
  const published = JSON.parse(readFileSync(join(DATA, 'llmperf/summary', name), 'utf8'))
  const report = await analyze(join(DATA, 'llmperf/individual', name), { map: LLMPERF_MAP })
  compare(report.latency_ms, published, 'results_end_to_end_latency_s')
  compare(report.ttft_ms, published, 'results_ttft_s')
  assert.equal(report.totals.calls, Number(published.results_num_requests_started))
  assert.equal(report.totals.errors, Number(published.results_number_errors))
  assert.equal(report.totals.error_rate, Number(published.results_error_rate))
  assert.equal(report.latency_ms.count, Number(published.results_num_completed_requests))
  assert.equal(report.latency_ms.method, 'exact')
  assert.equal(unaccounted(report), 0)
}

test('azure-llm-2023: token sums and medians over 19,366 requests', needsData, async () => {
  const csv = readFileSync(
    join(DATA, 'traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv'),
    'utf8',
  )
  const [header = '', ...rows] = csv.trimEnd().split('\r\n')
  assert.equal(header, 'TIMESTAMP,ContextTokens,GeneratedTokens')
  const converted = rows.map((row) => {
    const [time, input, output] = row.split(',')
    return JSON.stringify({ time, in: Number(input), out: Number(output) })
  })
  const path = file(`${converted.join('\n')}\n`)
  const base = ['time=time', 'input_tokens=in', 'output_tokens=out']
  const report = await analyze(path, { map: [...base, 'duration_ms=in', 'ttft_ms=out'] })
  assert.equal(report.totals.calls, 19_366)
  assert.equal(report.totals.input_tokens, 22_361_870)
  assert.equal(report.totals.output_tokens, 4_088_665)
  assert.equal(report.latency_ms.p50, 1020)
  assert.equal(report.ttft_ms.p50, 129)
  assert.equal(report.window.from, '2023-11-16T18:15:46.680Z')
})

function allFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? allFiles(path) : [path]
  })
}

test(
  'ugly logs: nothing throws, every line is accounted for, no call is made up',
  needsData,
  async () => {
    const paths = allFiles(join(DATA, 'ugly-logs'))
    assert.ok(paths.length > 300)
    for (const path of paths) {
      const report = await analyze(path)
      assert.equal(unaccounted(report), 0, path)
      assert.equal(report.totals.calls, 0, path)
      const raw = readFileSync(path)
      const text = (path.endsWith('.gz') ? gunzipSync(raw) : raw)
        .toString('latin1')
        .replace(/^\u00ef\u00bb\u00bf/, '')
      // Arrays and objects over several lines are counted by the element.
      if (/^\s*(?:\[\s*[{\]]|\{[ \t\r]*\n)/.test(text)) continue
      const count = text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0)
      assert.equal(report.input.lines, count, path)
    }
  },
)

test(
  'ugly logs: what is JSON is not called malformed, what is not JSON is',
  needsData,
  async () => {
    const folder = join(DATA, 'ugly-logs/JSONTestSuite/test_parsing')
    for (const name of readdirSync(folder).filter((file) => /^[yn]_/.test(file))) {
      const bytes = readFileSync(join(folder, name))
      if (bytes.includes(10) || bytes.length === 0 || /^\s*\[\s*[{\]]/.test(bytes.toString()))
        continue
      const { input } = await analyze(join(folder, name))
      // Our own reader is lenient with bytes that are not UTF-8 and with a byte order mark.
      const lenient = /utf-?8|BOM|single_space/i.test(name)
      if (!lenient) assert.equal(input.skipped.malformed, name.startsWith('y') ? 0 : 1, name)
    }
  },
)

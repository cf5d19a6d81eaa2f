import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span } from './helpers.ts'

interface Numbers {
  readonly [name: string]: unknown
  readonly latency_ms: Readonly<Record<string, number | null>>
}
interface Costs {
  readonly total: Numbers
  readonly groups: readonly (Numbers & { readonly key: { readonly model: string } })[]
}
interface Report {
  readonly totals: Numbers
  readonly latency_ms: Numbers['latency_ms']
  readonly by_model: readonly (Numbers & { readonly model: string })[]
}

const COUNTS = [
  ...['calls', 'errors', 'error_rate', 'aborted', 'retries', 'input_tokens', 'output_tokens'],
  ...['cost_usd', 'cost_unknown_calls'],
] as const
const SPREAD = ['count', 'mean', 'max', 'p50', 'p90', 'p95', 'p99'] as const

function counts(numbers: Numbers): unknown[] {
  return COUNTS.map((key) => numbers[key])
}

/** Of four digits each. */
const FIRST = 0x1000

/** Calls of all endings, with attempts that were repeated; some of unknown cost, tokens and length. */
function calls(rate?: (at: number) => number | undefined): object[] {
  return Array.from({ length: 300 }, (_, at) =>
    call(span(FIRST + at), {
      start_time: 1_780_000_000_000 + at * 60_000,
      duration_ms: ((at * 7919) % 3000) / 7,
      ...(at % 7 === 2 || at % 7 === 4
        ? { error: { type: 'Late', status: null, message: 'x' } }
        : {}),
      model: ['large', 'small', 'tiny'][at % 3],
      status: ['ok', 'ok', 'error', 'ok', 'partial', 'aborted', 'ok'][at % 7],
      input_tokens: at % 9 === 0 ? null : at,
      output_tokens: at % 11 === 0 ? null : at % 7,
      cost_usd: at % 8 === 0 ? null : (at * 12_345) / 1e9,
      ...(at % 21 === 5 ? retryOf(at) : {}),
      ...(rate?.(at) === undefined ? {} : { sample_rate: rate(at) }),
    }),
  )
}

/** Every second one says how long the whole call took. */
function retryOf(at: number): object {
  const attempt = { retry_of: span(FIRST + at - 1), attempt: 2 }
  return at % 2 === 0 ? { ...attempt, call_duration_ms: 5000 + at } : attempt
}

/** Lines of one answer in a transcript of an agent, and a line in a shape of others without a length. */
const FOREIGN = [1, 5, 9].map((output_tokens, at) =>
  JSON.stringify({
    type: 'assistant',
    timestamp: `2026-05-28T20:26:4${at}Z`,
    message: { id: 'msg_1', model: 'large', usage: { input_tokens: 10, output_tokens } },
  }),
)
const LENGTHLESS = JSON.stringify({
  ...{ event: 'llm_request', model: 'small', prompt_tokens: 3, completion_tokens: 4 },
  timestamp: '2026-05-28T20:26:40Z',
})

test('costs and analyze say the same of the same files, to the last digit', async (t) => {
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(...calls()),
    'others.jsonl': `${[...FOREIGN, LENGTHLESS].join('\n')}\n`,
  })
  const files = ['app.jsonl', 'others.jsonl']
  const report = JSON.parse(
    (await recount(['analyze', ...files, '--json'], { cwd })).stdout,
  ) as Report
  await recount(['index', ...files, '--db', 'kept.db'], { cwd })
  for (const source of [files, ['--db', 'kept.db']]) {
    const costs = JSON.parse(
      (await recount(['costs', ...source, '--json'], { cwd })).stdout,
    ) as Costs
    assert.deepEqual(counts(costs.total), counts(report.totals))
    for (const { model, ...numbers } of report.by_model) {
      const group = costs.groups.find(({ key }) => key.model === model)
      assert.ok(group !== undefined, model)
      assert.deepEqual(counts(group), counts(numbers), model)
      const spread = ({ latency_ms }: Numbers): unknown[] => SPREAD.map((key) => latency_ms[key])
      assert.deepEqual(spread(group), spread(numbers), model)
    }
  }
})

test('sampled calls are weighed by costs as by analyze, whose percentiles are then within its bound', async (t) => {
  const rate = (at: number): number | undefined => [0.1, 0.3, 1, undefined][at % 4]
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...calls(rate)) })
  const { stdout } = await recount(['analyze', 'app.jsonl', '--json'], { cwd })
  const { totals, latency_ms } = JSON.parse(stdout) as Report
  await recount(['index', 'app.jsonl', '--db', 'kept.db'], { cwd })
  for (const source of [['app.jsonl'], ['--db', 'kept.db']]) {
    const costs = JSON.parse(
      (await recount(['costs', ...source, '--json'], { cwd })).stdout,
    ) as Costs
    assert.deepEqual(counts(costs.total), counts(totals))
    const bound = Number(latency_ms.max_relative_error)
    for (const key of SPREAD) {
      const [exact, given] = [costs.total.latency_ms[key], latency_ms[key]].map(Number)
      const off = Math.abs(Number(given) / Number(exact) - 1)
      assert.ok(off <= bound, `${key}: ${exact} and ${given}`)
    }
  }
})

import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { type AnalyzeOptions, analyze, type Report } from '@recount/analyze'
import type { AnyRecord } from '@recount/record'
import { indexFiles, migrateStore, openStore, type Store } from '../src/index.ts'
import { comparedFiles, filesUnder, numbersOf } from './agreement.ts'
import { startFront } from './clickhouse-front.ts'
import { DATA, needsData } from './data-set.ts'
import { folder, jsonl, storeIn } from './folder.ts'
import { call, callStarted, record, START, spanId, traceId } from './records.ts'

const front = await startFront()
after(() => front.close())
let databases = 0

/** A file, and stores of every kind into which it was read. */
async function storesOf(t: TestContext, path: string): Promise<Map<string, Store>> {
  databases += 1
  const target = `${front.address}/analysis_${databases}`
  await migrateStore(target)
  const fleet = await openStore(target)
  t.after(() => fleet.close())
  const stores = new Map([
    ['memory', await storeIn(t, ':memory:')],
    ['SQLite', await storeIn(t, join(folder(t), 'recount.db'))],
    ['ClickHouse', fleet],
  ])
  for (const store of stores.values()) await indexFiles({ store, paths: [path] })
  return stores
}

async function assertSame(
  path: string,
  stores: ReadonlyMap<string, Store>,
  options: AnalyzeOptions = {},
): Promise<Report> {
  const report = await analyze(path, options)
  for (const [name, store] of stores) {
    const fromStore = await analyze({ name, lines: (window) => store.lines(window) }, options)
    assert.deepEqual(numbersOf(fromStore), numbersOf(report), name)
  }
  return report
}

const HOUR = 3_600_000

/** The lines of an application over three days, with everything that is counted. */
function week(): AnyRecord[] {
  return Array.from({ length: 600 }, (_, at) => at).flatMap((at) => {
    const labels = labelsOf(at)
    const started = callStarted(Math.floor(at / 3), at, { ...labels, time: timeOf(at), level: 20 })
    return [started, ...(at % 71 === 0 ? [] : [endedCall(at)]), ...aboutCall(at)]
  })
}

function timeOf(at: number): number {
  return START + at * 433_000 + (at % 7) / 7
}

function labelsOf(at: number): object {
  return {
    ...{ tenant_id: `t${at % 2}`, user_id: `u${at % 13}`, model: `m${at % 3}` },
    ...{ release: `r${at % 2}`, tags: at % 5 === 0 ? ['a', 'b'] : ['a'], metadata: { n: at % 4 } },
    prompt: { name: `p${at % 2}`, version: `${at % 3}` },
  }
}

function endedCall(at: number): AnyRecord {
  const failed = at % 50 === 0 || at % 31 === 0
  const error = { type: `E${at % 4}`, status: null, message: 'x' }
  const time = timeOf(at)
  return call(Math.floor(at / 3), at, {
    ...{ ...labelsOf(at), time: time + 900, start_time: time },
    ...{ duration_ms: ((at * 7919) % 9973) / 3, ttft_ms: (at % 89) / 3 },
    ...(failed ? { status: 'error', error } : { finish_reason: 'stop' }),
    ...(at % 97 === 0 ? { sample_rate: 0.25 } : {}),
    ...(at % 50 === 1 ? { retry_of: spanId(at - 1), call_duration_ms: 4321.5, attempt: 2 } : {}),
    ...{ input_tokens: at * 3, output_tokens: at % 211, cache_read_tokens: at % 17 },
    ...{ cost_usd: at % 4 === 0 ? null : (at % 1000) / 1e6, message_id: `m-${at}` },
  })
}

/** What came of a call, in its span and later. */
function aboutCall(at: number): AnyRecord[] {
  const [time, tenant_id] = [timeOf(at), `t${at % 2}`]
  const span = { trace_id: traceId(Math.floor(at / 3)), span_id: spanId(at), tenant_id, time }
  const later = { message_id: `m-${at}`, tenant_id, time: time + HOUR }
  const score = { name: 'tone', evaluator: 'model', score: (at % 11) / 11 }
  return [
    ...(at % 3 === 0 ? [record('user_action', { ...later, action: ACTIONS[at % 5] })] : []),
    ...(at % 4 === 0 ? [record('evaluation', { ...later, ...score })] : []),
    ...(at % 6 === 0
      ? [record('validation', { ...span, passed: at % 4 === 0, rule: `r${at % 3}` })]
      : []),
  ]
}

const ACTIONS = ['accepted', 'edited', 'retried', 'abandoned', 'rated']

test('the report on a store is that on its log: all numbers but those of lines and bytes', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  writeFileSync(path, jsonl(week()))
  const stores = await storesOf(t, path)
  const all = await assertSame(path, stores)
  assert.ok(all.totals.calls > 500 && all.totals.retries > 0 && all.input.interrupted > 0)
  await assertSame(path, stores, { by: ['prompt', 'tenant', 'tag', 'metadata.n'], every: 'hour' })
  const now = new Date(START + 72 * HOUR)
  const compared = await assertSame(path, stores, {
    since: '20h',
    baseline: '20h',
    now,
    by: 'error',
  })
  assert.ok((compared.baseline?.totals.calls ?? 0) > 120)
  await assertSame(path, stores, { until: new Date(START + 30 * HOUR), zone: 'Asia/Kathmandu' })
})

test(
  'logs of other shapes give the same report from a store, to the last digit',
  needsData,
  async (t) => {
    const files = filesUnder(DATA).filter((_, at) => at % 9 === 0)
    assert.ok((await comparedFiles(files)) > 15)
    for (const name of readdirSync(join(DATA, 'llmperf/individual')).slice(0, 2)) {
      const path = join(DATA, 'llmperf/individual', name)
      await assertSame(path, await storesOf(t, path), { by: 'model,user,finish,hour' })
    }
  },
)

test('lines of one answer in an agent’s transcript are one call from a store, too', async (t) => {
  const path = join(folder(t), 'session.jsonl')
  const answer = (at: number, id: string, output_tokens: number) => ({
    ...{ type: 'assistant', sessionId: 's', requestId: `r-${id}`, uuid: `u${at}` },
    timestamp: new Date(START + at * 1000).toISOString(),
    message: {
      ...{ id, type: 'message', role: 'assistant', model: 'claude-x' },
      ...{ usage: { input_tokens: 10, output_tokens }, content: [{ type: 'text', text: `${at}` }] },
    },
  })
  const rows = [answer(1, 'a', 1), answer(2, 'a', 40), answer(3, 'b', 5), answer(4, 'a', 40)]
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const { totals } = await assertSame(path, await storesOf(t, path))
  assert.deepEqual([totals.calls, totals.output_tokens], [2, 45])
})

test('only the days that are asked for are read from a store', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  writeFileSync(path, jsonl(week()))
  const since = new Date(START + 71 * HOUR)
  for (const [name, store] of await storesOf(t, path)) {
    const { input } = await analyze({ name, lines: (w) => store.lines(w) }, { since })
    assert.ok(input.records > 0 && input.records < 12, name)
    // A day of slack before, in which calls may have begun that go on.
    assert.ok(input.lines < 900, `${name} ${input.lines}`)
  }
})

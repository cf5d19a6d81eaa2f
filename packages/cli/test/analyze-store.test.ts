import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, callStarted, folderWith, jsonl, recount, span } from './helpers.ts'

interface Report {
  readonly input: object
  readonly outcomes: { readonly levels: object }
  readonly totals: { readonly calls: number }
}

/** A report but for what counts lines. */
function numbersOf(stdout: string): object {
  const { input: _, outcomes, ...numbers } = JSON.parse(stdout) as Report
  return { ...numbers, outcomes: { ...outcomes, levels: undefined } }
}

const LOG = jsonl(
  ...Array.from({ length: 40 }, (_, at) => [
    callStarted(span(at), { tenant_id: `t${at % 2}` }),
    ...(at === 7
      ? []
      : [
          call(span(at), {
            ...{ tenant_id: `t${at % 2}`, duration_ms: at * 10, model: `m${at % 3}` },
            ...{ input_tokens: at, cost_usd: at / 1000, status: at % 9 === 0 ? 'error' : 'ok' },
            ...(at % 9 === 0 ? { error: { type: 'Late', status: null, message: 'x' } } : {}),
          }),
        ]),
  ]).flat(),
)

test('a store is counted wherever a file could be named, as the log that went into it', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  await recount(['index', 'app.jsonl', '--db', 'kept.db'], { cwd })
  const options = ['--json', '--by', 'tenant', '--baseline']
  const file = await recount(['analyze', 'app.jsonl', ...options, 'app.jsonl'], { cwd })
  for (const named of [['kept.db'], ['--db', 'kept.db']]) {
    const store = await recount(['analyze', ...named, ...options, 'kept.db'], { cwd })
    assert.equal(store.status, 0, store.stderr)
    const [found, expected] = [store, file].map(({ stdout }) => {
      const { baseline, ...numbers } = numbersOf(stdout) as { baseline: { input?: object } }
      return { ...numbers, baseline: { ...baseline, input: undefined } }
    })
    assert.deepEqual(found, expected)
  }
  const both = await recount(['analyze', 'kept.db', 'app.jsonl', '--json'], { cwd })
  assert.equal((JSON.parse(both.stdout) as Report).totals.calls, 78)
  const one = await recount(['analyze', 'kept.db', '--tenant', 't1', '--json'], { cwd })
  assert.equal((JSON.parse(one.stdout) as Report).totals.calls, 19)
})

test('a store is refused where places in files are remembered, and whose records are asked for is a store’s question', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  await recount(['index', 'app.jsonl', '--db', 'many.db', '--multi-tenant'], { cwd })
  const refused = [
    [['analyze', 'many.db', '--all-tenants', '--state', 's.json'], /ANALYZE_OPTION_INVALID/],
    [['analyze', 'many.db'], /STORE_TENANT_REQUIRED/],
    [['analyze', 'app.jsonl', '--tenant', 't1'], /CLI_OPTION_INVALID/],
    [['analyze', '--db', 'nothing.db'], /STORE_UNREADABLE/],
  ] as const
  for (const [args, code] of refused) {
    const { status, stderr } = await recount(args, { cwd })
    assert.ok(status === 2 || status === 3, `${status} ${stderr}`)
    assert.match(stderr, code)
  }
  const all = await recount(['analyze', 'many.db', '--all-tenants', '--json'], { cwd })
  assert.equal((JSON.parse(all.stdout) as Report).totals.calls, 39)
})

test('a server that is not there ends in 3 without its password being printed', async (t) => {
  const cwd = folderWith(t)
  const password = ['hunter', '2'].join('')
  const target = `clickhouse://me:${password}@127.0.0.1:9/recount`
  const { status, stdout, stderr } = await recount(['analyze', target], { cwd })
  assert.equal(status, 3, stderr)
  assert.match(stderr, /STORE_UNREADABLE/)
  assert.ok(!`${stdout}${stderr}`.includes(password))
})

test('a report that stdout does not take is made again by the next run with the state', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  const args = ['analyze', 'app.jsonl', '--state', 's.json', '--json']
  const full = await recount([...args, '--out', '/dev/full'], { cwd })
  assert.equal(full.status, 3, full.stderr)
  const again = await recount(args, { cwd })
  assert.equal((JSON.parse(again.stdout) as Report).totals.calls, 39)
  const none = await recount(args, { cwd })
  assert.equal((JSON.parse(none.stdout) as Report).totals.calls, 0)
})

test('text is as wide as COLUMNS says, and in a file as wide as paper', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length))
  for (const columns of [40, 100]) {
    const env = { COLUMNS: String(columns) }
    const { stdout } = await recount(['analyze', 'app.jsonl'], { cwd, env })
    assert.ok(widest(stdout) <= columns, stdout)
  }
})

test('index names the lines that it refuses, by file and number, without what they say', async (t) => {
  const bad = JSON.stringify({ ...call(span(1)), duration_ms: 'hunter2' })
  const lines = Array.from({ length: 12 }, () => `${bad}\n`).join('')
  const cwd = folderWith(t, { 'app.jsonl': `${LOG}no hunter2\n${lines}` })
  const { stderr, stdout } = await recount(['index', 'app.jsonl', '--db', 'a.db', '--json'], {
    cwd,
  })
  const first = LOG.split('\n').length
  assert.match(stderr, new RegExp(`refused app.jsonl:${first + 1} /duration_ms type\n`))
  assert.match(stderr, /and 3 more; recount check FILES names all/)
  assert.doesNotMatch(stderr + stdout, /hunter2/)
  const { refused } = JSON.parse(stdout) as { refused: { line: number }[] }
  assert.equal(refused.length, 10)
})

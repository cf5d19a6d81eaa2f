import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { call, content, folderWith, jsonl, line, recount, span, step, TRACE } from './helpers.ts'
import { recountHere } from './in-process.ts'

function said(role: string, text: string): object[] {
  return [{ role, parts: [{ type: 'text', content: text }] }]
}

const LOG = jsonl(
  step(span(1), { user_id: 'u-1' }),
  call(span(2), { parent_span_id: span(1), user_id: 'u-1', cost_usd: 0.25, input_tokens: 7 }),
)
const CONTENT = jsonl(
  content(span(2), 'input', said('user', '我要申请退款政策的说明'), { user_id: 'u-1' }),
  content(span(2), 'output', said('assistant', 'Within 30 days, of course.'), { user_id: 'u-1' }),
)
const FILES = { 'logs/app.jsonl': LOG, 'logs/content/2026-05-28.jsonl': CONTENT }

interface Listed {
  readonly items: readonly { span: { trace_id: string; span_id: string }; part?: string }[]
}

test('a phrase leads from log files, or from a store of them, to the call and its tree', async (t) => {
  const cwd = folderWith(t, FILES)
  const indexed = await recount(['index', 'logs/app.jsonl'], { cwd })
  assert.equal(indexed.status, 0, indexed.stderr)
  assert.match(indexed.stderr, /Read 2 files, 4 lines, .*: 4 new records, into recount\.db/)
  for (const source of [['logs/app.jsonl'], ['--db', 'recount.db'], []]) {
    const found = await recount(['logs', '-q', '退款政策', '--json', ...source], { cwd })
    assert.equal(found.status, 0, found.stderr)
    const { items } = JSON.parse(found.stdout) as Listed
    assert.deepEqual(
      items.map(({ span, part }) => [span.span_id, part]),
      [[span(2), 'input']],
    )
    const text = await recount(['logs', '-q', 'OF course', '-u', ...source], { cwd })
    assert.match(text.stdout, /ok {2}acme-large {2}50 ms {2}7 → \? tokens {2}\$0\.25 /)
    assert.match(text.stdout, /output Within 30 days, of course\./)
  }
  const fromFiles = await recount(['show', TRACE, 'logs/app.jsonl'], { cwd })
  const fromStore = await recount(['show', TRACE.slice(0, 12), '--db', 'recount.db'], { cwd })
  assert.equal(fromStore.stdout, fromFiles.stdout)
  const last = await recount(['show'], { cwd, env: { RECOUNT_DB: 'recount.db' } })
  assert.equal(last.stdout, fromFiles.stdout)
  assert.match(last.stderr, /\$RECOUNT_DB \(recount\.db\)/)
  const explained = await recount(['explain', span(2), '--db', 'recount.db', '--json'], { cwd })
  assert.equal(explained.status, 0, explained.stderr)
})

test('costs say what calls cost by keys, from files and from a store alike', async (t) => {
  const cwd = folderWith(t, FILES)
  await recount(['index', 'logs/app.jsonl', '--db', 'x.db'], { cwd })
  const files = await recount(['costs', 'logs/app.jsonl', '--by', 'user,model', '--json'], { cwd })
  const store = await recount(['costs', '--db', 'x.db', '--by', 'user,model', '--json'], { cwd })
  assert.equal(store.stdout, files.stdout)
  const { groups } = JSON.parse(store.stdout) as { groups: { key: object; cost_usd: number }[] }
  assert.deepEqual(
    groups.map(({ key, cost_usd }) => [key, cost_usd]),
    [[{ user: 'u-1', model: 'acme-large' }, 0.25]],
  )
  const text = await recount(['costs', '--db', 'x.db'], { cwd })
  assert.match(
    text.stdout,
    /^model +calls +errors +p95 +in +out +cost\nacme-large +1 +0 +50 ms +7 +– +\$0\.25\nall /,
  )
})

test('the report of the analyzer and the numbers of the store are the same', async (t) => {
  const models = ['a', 'b', 'c']
  const id = (at: number): string => (at + 0x1000).toString(16).padStart(16, '0')
  const records = Array.from({ length: 300 }, (_, at) => {
    const failed = at % 7 === 0
    return {
      ...call(id(at), {
        model: models[at % 3],
        status: failed ? 'error' : at % 11 === 0 ? 'aborted' : 'ok',
        duration_ms: (at * 37) % 1000,
        input_tokens: at,
        output_tokens: at % 5 === 0 ? null : at * 2,
        cost_usd: at % 4 === 0 ? null : at / 1e6,
        ...(at % 14 === 1 ? { retry_of: id(at - 1), call_duration_ms: at * 3 } : {}),
      }),
    }
  })
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  await recount(['index', 'app.jsonl'], { cwd })
  const analyzed = JSON.parse((await recount(['analyze', 'app.jsonl', '--json'], { cwd })).stdout)
  const { total, groups } = JSON.parse((await recount(['costs', '--json'], { cwd })).stdout)
  const keys = [
    'calls',
    'errors',
    'aborted',
    'retries',
    'input_tokens',
    'output_tokens',
    'cost_usd',
  ]
  for (const key of keys) assert.equal(total[key], analyzed.totals[key], key)
  const byModel = (list: { model?: string; key?: { model: string } }[], model: string) =>
    list.find((one) => (one.model ?? one.key?.model) === model) as unknown as Record<string, never>
  for (const model of models) {
    const [ours, theirs] = [byModel(groups, model), byModel(analyzed.by_model, model)]
    for (const key of ['calls', 'errors', 'cost_usd', 'input_tokens'])
      assert.equal(ours[key], theirs[key], `${model} ${key}`)
    for (const key of ['p50', 'p95', 'p99', 'max'])
      assert.ok(Math.abs(Number(ours.latency_ms?.[key]) - Number(theirs.latency_ms?.[key])) < 1e-6)
  }
})

test('filters and pages choose among calls', async (t) => {
  const records = Array.from({ length: 7 }, (_, at) =>
    call(span(at + 1), { start_time: 1_780_000_000_000 + at, metadata: { n: at }, tags: ['x'] }),
  )
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  await recount(['index', 'app.jsonl'], { cwd })
  const one = await recount(['logs', '--metadata', 'n=3', '--tag', 'x', '-s', '-n', '0'], { cwd })
  assert.match(one.stdout, new RegExp(`^\\S.*${span(4)}\n$`))
  const first = await recount(['logs', '-s', '-n', '5'], { cwd })
  const [, cursor = ''] = /--cursor (\S+)/.exec(first.stderr) ?? []
  const second = await recount(['logs', '-s', '-n', '5', '--cursor', cursor], { cwd })
  assert.equal((first.stdout + second.stdout).trim().split('\n').length, 7)
  for (const wrong of [
    ['--since', 'soon'],
    ['--status', 'fine'],
    ['--cursor', 'x'],
    ['-q', ' '],
  ]) {
    const { status, stderr } = await recount(['logs', ...wrong], { cwd })
    assert.equal(status, 2, stderr)
  }
})

test('a forgotten user is in no file of content and in no answer, also after everything is read again', async (t) => {
  const other = content(span(9), 'output', said('assistant', 'for somebody else'), {
    user_id: 'u-2',
  })
  const cwd = folderWith(t, {
    ...FILES,
    'logs/content/2026-05-29.jsonl': CONTENT + jsonl(other),
    'logs/content/2026-05-27.jsonl.gz': gzipSync(CONTENT + jsonl(other)),
  })
  await recount(['index', 'logs/app.jsonl'], { cwd })
  const before = readFileSync(join(cwd, 'logs/content/2026-05-29.jsonl')).length
  const erased = await recount(['erase', '--user', 'u-1', 'logs/app.jsonl', '--json'], { cwd })
  assert.equal(erased.status, 0, erased.stderr)
  assert.deepEqual(JSON.parse(erased.stdout).files, { files: 4, lines: 6, stripped: 2, missing: 0 })
  const plain = readFileSync(join(cwd, 'logs/content/2026-05-29.jsonl'), 'utf8')
  assert.equal(Buffer.byteLength(plain), before)
  const packed = gunzipSync(readFileSync(join(cwd, 'logs/content/2026-05-27.jsonl.gz'))).toString()
  for (const text of [plain, packed]) {
    assert.doesNotMatch(text, /退款|30 days/)
    assert.match(text, /for somebody else/)
  }
  const valid = await recount(['check', 'logs/content/*'], { cwd })
  assert.equal(valid.status, 0, valid.stdout)
  // The original files come back from a backup.
  writeFileSync(join(cwd, 'logs/restored.jsonl'), LOG + CONTENT)
  await recount(['index', 'logs/*.jsonl', 'logs/content/*'], { cwd })
  const found = await recount(['logs', '-q', '退款', '--json'], { cwd })
  assert.deepEqual((JSON.parse(found.stdout) as Listed).items, [])
  const user = await recount(['logs', '--user', 'u-1', '--json'], { cwd })
  assert.deepEqual((JSON.parse(user.stdout) as Listed).items, [])
  const shown = await recount(['show', TRACE, '--full'], { cwd })
  assert.doesNotMatch(shown.stdout, /u-1|30 days/)
})

test('old content goes from a store and from a folder; files of the day and metadata stay', async (t) => {
  const today = new Date().toISOString().slice(0, 10)
  const cwd = folderWith(t, {
    ...FILES,
    [`logs/content/${today}.jsonl`]: '',
    'logs/content/notes.txt': 'mine',
  })
  await recount(['index', 'logs/app.jsonl'], { cwd })
  const long = Date.now() - 1_780_000_000_000 < 0 ? '0s' : '1s'
  const pruned = await recount(['prune', '--older-than', long, '--content-only'], { cwd })
  assert.equal(pruned.status, 0, pruned.stderr)
  const shown = await recount(['show', TRACE, '--db', 'recount.db'], { cwd })
  assert.doesNotMatch(shown.stdout, /30 days/)
  assert.match(shown.stdout, /acme-large/)
  const folder = await recount(['prune', 'logs', '--older-than', '1d'], { cwd })
  assert.match(folder.stdout, /^Deleted 1 content file/)
  const left = ['notes.txt', `${today}.jsonl`].map((name) =>
    existsSync(join(cwd, 'logs/content', name)),
  )
  assert.deepEqual(left, [true, true])
})

test('a store of several tenants asks whose records are meant', async (t) => {
  const lines = ['a', 'b'].map((tenant_id, at) => call(span(at + 1), { tenant_id }))
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(...lines, line('user_action', span(1), { action: 'accepted' })),
  })
  await recountHere(['index', 'app.jsonl', '--multi-tenant'], { cwd })
  const refused = await recount(['logs'], { cwd })
  assert.equal(refused.status, 2)
  assert.match(refused.stderr, /STORE_TENANT_REQUIRED/)
  const one = await recount(['logs', '--tenant', 'a', '-s'], { cwd })
  assert.match(one.stdout, new RegExp(`^\\S.*${span(1)}\n$`))
  const all = await recount(['logs', '--all-tenants', '-s'], { cwd })
  assert.equal(all.stdout.trim().split('\n').length, 2)
  const others: readonly (readonly string[])[] = [
    ['show', span(1)],
    ['explain', span(1)],
    ['diff', span(1), span(2)],
    ['diff', span(1), '--sibling'],
    ['costs', '--by', 'tenant', '--json'],
    ['prune', '--older-than', '0s', '--dry-run'],
    ['erase', '--user', 'u-1'],
  ]
  for (const args of others) {
    const command = [...args, '--db', 'recount.db']
    const unsaid = await recountHere(command, { cwd })
    assert.match(unsaid.stderr, /STORE_TENANT_REQUIRED/, args[0])
    const { status, stdout } = await recountHere([...command, '--tenant', 'b'], { cwd })
    if (args[0] === 'costs') assert.doesNotMatch(stdout, /"a"/)
    else if (args[0] === 'prune') assert.equal(stdout, 'Would forget 1 span\n')
    else assert.equal(status, 1, args.join(' '))
  }
})

test('what is no store, and no file, is said to be none', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG, 'text.db': 'not a database, by far, '.repeat(100) })
  for (const args of [
    ['logs', '--db', 'text.db'],
    ['show', '--db', 'none.db'],
    ['prune', '--older-than', '1d'],
  ]) {
    const { status, stderr } = await recount(args, { cwd })
    assert.ok(status === 3 || status === 2, stderr)
    assert.match(stderr, /^recount: .*(STORE_UNREADABLE|CLI_NO_INPUT)\)\n$/)
  }
  const both = await recount(['logs', 'app.jsonl', '--db', 'x.db'], { cwd })
  assert.match(both.stderr, /not both \(CLI_OPTION_INVALID\)/)
})

test('an option that cannot be meant is refused by its name', async (t) => {
  const cwd = folderWith(t, FILES)
  await recountHere(['index', 'logs/app.jsonl'], { cwd })
  const wrong: [string[], RegExp][] = [
    [['logs', '--category', 'foo'], /--category foo/],
    [['logs', '--prompt', '@'], /--prompt NAME/],
    [['logs', '--prompt', 'faq@'], /--prompt NAME/],
    [['logs', '--hash-width', '0'], /--hash-width/],
    [['logs', '--min-cost', '-1'], /--min-cost/],
    [['logs', '--since', '2026-02-01', '--until', '2026-01-01'], /--since to be before --until/],
    [['costs', '--by', 'user,user'], /--by .*user twice/],
    [['logs', '--tenant', ''], /--tenant/],
    [['prune', '--older-than', 'old'], /--older-than/],
    [['erase', '--user', 'a', '--subject', 'b'], /--user or --subject, not both/],
    [['score', span(2), 'tone', 'Infinity'], /finite number/],
    [['score', span(2), 'tone', '1e999'], /finite number/],
    [['score', span(2), 'tone', ''], /finite number/],
    [['score', span(2), 'tone', '1', '--label', ''], /--label/],
  ]
  for (const [args, told] of wrong) {
    const { status, stderr, stdout } = await recountHere([...args, '--db', 'recount.db'], { cwd })
    assert.deepEqual([status, stdout], [2, ''], `${args.join(' ')}: ${stderr}`)
    assert.match(stderr, told)
  }
  for (const [value, told] of [
    ['0.5', /Recorded the number 0\.5 about/],
    ['good', /Recorded the label good about/],
  ] as const) {
    const scored = await recountHere(['score', span(2), 'tone', value, '--db', 'recount.db'], {
      cwd,
    })
    assert.match(scored.stderr, told)
  }
})

test('after an erasure a trace says that content was erased, and an answer that it was forgotten', async (t) => {
  const cwd = folderWith(t, {
    'logs/app.jsonl': jsonl(call(span(2), { user_id: 'u-1', message_id: 'm-1' })),
    'logs/pino.jsonl': jsonl({ level: 30, time: 1, user_id: 'u-1', msg: 'signed in' }),
  })
  await recount(['index', 'logs/app.jsonl'], { cwd })
  const erased = await recount(['erase', '--user', 'u-1', 'logs/*.jsonl'], { cwd })
  assert.match(erased.stderr, /logs\/pino\.jsonl: 1 line of other shapes still name/)
  const shown = await recount(['show', TRACE, '--db', 'recount.db'], { cwd })
  assert.match(shown.stderr, /Content erased/)
  const gone = await recount(['show', 'm-1', '--db', 'recount.db'], { cwd })
  assert.equal(gone.status, 1)
  assert.match(gone.stderr, /m-1 was forgotten/)
  const never = await recount(['show', 'm-2', '--db', 'recount.db'], { cwd })
  assert.match(never.stderr, /No trace, span or message has the id m-2/)
})

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, content, folderWith, jsonl, recount, span } from './helpers.ts'

const DAY = 86_400_000

function aged(number: number, days: number, fields: object = {}): object[] {
  const start_time = Date.now() - days * DAY
  const at = { start_time, time: start_time, trace_id: `${number}`.repeat(32) }
  const words = [{ role: 'assistant', parts: [{ type: 'text', content: `words ${number}` }] }]
  return [
    call(span(number), { ...at, ...fields }),
    content(span(number), 'output', words, { time: start_time, trace_id: at.trace_id }),
  ]
}

const POLICY = {
  version: 1,
  rules: [
    {
      name: 'disputes',
      when: { tag: 'dispute' },
      keep: { content_days: 60, metadata_days: 'forever' },
    },
  ],
  defaults: { content_days: 7, metadata_days: 30 },
}
const DUE = '{"rule":"defaults","content_days":7,"metadata_days":30,"content_spans":1,"spans":1,'

test('a policy forgets what is due by its rules, says so before when asked, and nothing a second time', async (t) => {
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(
      ...aged(1, 40),
      ...aged(2, 40, { tags: ['dispute'] }),
      ...aged(3, 10),
      ...aged(4, 1),
    ),
    'retention.json': JSON.stringify(POLICY),
  })
  await recount(['index', 'app.jsonl'], { cwd })
  const prune = ['prune', '--policy', 'retention.json']
  const before = readFileSync(join(cwd, 'recount.db'))
  const dry = await recount([...prune, '--dry-run', '--json'], { cwd })
  assert.ok(dry.stdout.includes(`${DUE}"pieces":null}`), dry.stdout + dry.stderr)
  assert.ok(readFileSync(join(cwd, 'recount.db')).equals(before))
  const text = await recount(prune, { cwd })
  assert.equal(text.status, 0, text.stderr)
  assert.match(
    text.stdout,
    /^disputes: content 60 days, metadata for ever; forgot 0 spans, and the content of 0 more spans\ndefaults: content 7 days, metadata 30 days; forgot 1 span, and the content of 1 more span\nForgot 1 span, and the content of 1 more span: /,
  )
  const again = JSON.parse((await recount([...prune, '--json'], { cwd })).stdout)
  assert.deepEqual([again.spans, again.content_spans], [0, 0])
  const found = await recount(['logs', '-q', 'words', '--json'], { cwd })
  assert.deepEqual(
    JSON.parse(found.stdout).items.map((item: { span: { span_id: string } }) => item.span.span_id),
    [4, 2].map(span),
  )
})

test('content files of a folder go when the longest rule of a policy is over', async (t) => {
  const name = (days: number): string =>
    `content/${new Date(Date.now() - days * DAY).toISOString().slice(0, 10)}.jsonl`
  const cwd = folderWith(t, {
    ...Object.fromEntries([80, 50, 1].map((days) => [join('logs', name(days)), 'x'])),
    'retention.json': JSON.stringify(POLICY),
  })
  const prune = ['prune', 'logs', '--policy', 'retention.json']
  const dry = await recount([...prune, '--dry-run'], { cwd })
  assert.equal(dry.stdout, 'Would delete 1 content file, 1 B\n')
  assert.equal((await recount(prune, { cwd })).stdout, 'Deleted 1 content file, 1 B\n')
  const left = [80, 50, 1].map((days) => existsSync(join(cwd, 'logs', name(days))))
  assert.deepEqual(left, [false, true, true])
})

test('a policy that is wrong, gone or beside an age is refused by name, and nothing is forgotten', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...aged(1, 40)) })
  await recount(['index', 'app.jsonl'], { cwd })
  const wrong: [unknown, RegExp][] = [
    [{ version: 2 }, /`version` to be 1/],
    [{ version: 1, rules: [{ when: {}, keep: {} }] }, /`rules\.0\.when` to have a condition/],
    [{ version: 1, rules: [{ when: { tennant: 'a' }, keep: {} }] }, /keys of `rules\.0\.when`/],
    [{ version: 1, rules: [{ when: { tenant: 'a*' }, keep: {} }] }, /without `\*`/],
    [{ version: 1, defaults: { content_days: '7d' } }, /days in `defaults` to be a number/],
    [{ version: 1, defaults: { content_days: 9, metadata_days: 3 } }, /keep metadata for as long/],
  ]
  for (const [policy, message] of wrong) {
    writeFileSync(join(cwd, 'retention.json'), JSON.stringify(policy))
    const { status, stderr } = await recount(['prune', '--policy', 'retention.json'], { cwd })
    assert.equal(status, 2, stderr)
    assert.match(stderr, message)
    assert.match(stderr, /STORE_RETENTION_INVALID/)
  }
  for (const [args, code, message] of [
    [[], 2, /Say what is old: --older-than AGE or --policy FILE/],
    [['--older-than', '7d', '--policy', 'gone.json'], 2, /--older-than .* or --policy .*not both/],
    [['--policy', 'gone.json'], 3, /gone\.json: no such file \(CLI_FILE_UNREADABLE\)/],
  ] as const) {
    const { status, stderr } = await recount(['prune', ...args], { cwd })
    assert.equal(status, code, stderr)
    assert.match(stderr, message)
  }
  assert.match((await recount(['logs', '-s'], { cwd })).stdout, /acme-large/)
})

test('a first reading knows nothing yet, and a store that was read is one file again', async (t) => {
  const start = { ...call(span(1)), event: 'llm_call_started' } as Record<string, unknown>
  for (const key of ['status', 'duration_ms', 'start_time']) delete start[key]
  const cwd = folderWith(t, { 'app.jsonl': jsonl(start, call(span(1))) })
  const { stdout } = await recount(['index', 'app.jsonl', '--json'], { cwd })
  const { added, known } = JSON.parse(stdout) as { added: number; known: number }
  assert.deepEqual([added, known], [2, 0])
  for (const args of [['logs'], ['costs'], ['show', span(1), '--db', 'recount.db']]) {
    assert.equal((await recount(args, { cwd })).status, 0)
    assert.deepEqual(readdirSync(cwd).sort(), ['app.jsonl', 'recount.db'], args[0])
  }
})

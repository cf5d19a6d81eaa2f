import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span } from './helpers.ts'

const POLICY = {
  version: 1,
  extends: 'production',
  rules: [
    {
      name: 'boxed',
      when: { tenant: 'acme' },
      then: { content: 'text', until: '2026-12-01T15:00:00Z' },
    },
    { name: 'slow', when: { duration_ms: { '>': 5000 } }, then: { content: { input: 'text' } } },
    { name: 'large', when: { model: 'acme-*' }, then: { content: 'digest', sinks: ['files'] } },
  ],
  sinks: { vault: { tenant: 'acme' } },
}
const files = {
  'policy.json': JSON.stringify(POLICY),
  'call.json': JSON.stringify(call(span(1)), null, 2),
}

test('a valid policy ends with 0 and says what is in it', async (t) => {
  const cwd = folderWith(t, files)
  const { status, stdout, stderr } = await recount(['policy', 'check', 'policy.json'], { cwd })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /^policy\.json: valid: 3 rules, 0 tenants, then production$/m)
})

test('what is wrong with a policy is named by rule and key, and ends with 1', async (t) => {
  const wrong = { version: 1, rules: [{ name: 'acme', then: { contnet: 'text', redact: 'none' } }] }
  const cwd = folderWith(t, { 'policy.json': JSON.stringify(wrong) })
  const { status, stdout } = await recount(['policy', 'check', 'policy.json'], { cwd })
  assert.equal(status, 1)
  assert.match(
    stdout,
    /^policy\.json: rule acme: expected `rules\[0\]\.then\.contnet` to be one of the keys level, content,/m,
  )
  assert.match(stdout, /^policy\.json: not valid: 1 finding$/m)
})

test('a policy that is not JSON ends with 1, one that is not there with 3', async (t) => {
  const cwd = folderWith(t, { 'policy.json': '{"version":1' })
  const cut = await recount(['policy', 'check', 'policy.json'], { cwd })
  assert.equal(cut.status, 1)
  assert.match(cut.stdout, /not valid: Expected policy\.json to be JSON/)
  const gone = await recount(['policy', 'check', 'gone.json'], { cwd })
  assert.equal(gone.status, 3)
  assert.match(gone.stderr, /\(POLICY_FILE_UNREADABLE\)\n$/)
})

test('rules that never decide are noted', async (t) => {
  const policy = {
    version: 1,
    rules: [
      { name: 'all', then: {} },
      { name: 'late', then: {} },
    ],
  }
  const cwd = folderWith(t, { 'policy.json': JSON.stringify(policy) })
  const { status, stdout } = await recount(['policy', 'check', 'policy.json'], { cwd })
  assert.equal(status, 0)
  assert.match(stdout, /note: rule late never decides, because rule all before it always holds/)
})

test('check --json has verdict, digest, findings and notes', async (t) => {
  const cwd = folderWith(t, { ...files, 'bad.json': '{}' })
  const good = await recount(['policy', 'check', 'policy.json', '--json'], { cwd })
  const { digest, ...rest } = JSON.parse(good.stdout) as { digest: string }
  assert.match(digest, /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(rest, { valid: true, findings: [], notes: [] })
  const bad = await recount(['policy', 'check', 'bad.json', '--json'], { cwd })
  assert.deepEqual(JSON.parse(bad.stdout), {
    valid: false,
    digest: null,
    findings: [{ rule: null, key: 'version', expected: 'a value', got: 'nothing' }],
    notes: [],
  })
})

test('an explanation says which rule decided, why, and why the rules before it did not', async (t) => {
  const cwd = folderWith(t, files)
  const { status, stdout } = await recount(
    ['policy', 'explain', 'policy.json', '--event', 'call.json', '--at', '2026-12-01T14:00:00Z'],
    { cwd },
  )
  assert.equal(status, 0)
  assert.match(stdout, /^llm_call aaaaaa0000000000000000000000000a$/m)
  assert.match(stdout, /^ {2}decided by +large$/m)
  assert.match(stdout, /^ {2}because +model is acme-large, asked for acme-\*$/m)
  assert.match(stdout, /^ {2}passed by +boxed: tenant is not known, asked for acme$/m)
  assert.match(stdout, /^ {2}passed by +slow: duration_ms is 50, asked for > 5000$/m)
  assert.match(stdout, /^ {2}record +kept$/m)
  assert.match(stdout, /^ {2}content +digest of system, input,/m)
  assert.match(stdout, /^ {2}redaction +personal; user_id: treat, ip: drop/m)
  assert.match(stdout, /^ {2}sinks +files; never vault$/m)
})

test('a time-boxed rule decides before its end and not after it', async (t) => {
  const cwd = folderWith(t, {
    ...files,
    'call.json': JSON.stringify(call(span(1), { tenant_id: 'acme' })),
  })
  const explain = (at: string) =>
    recount(['policy', 'explain', 'policy.json', '--event', 'call.json', '--at', at, '--json'], {
      cwd,
    })
  const before = await explain('2026-12-01T14:59:59Z')
  const after = await explain('2026-12-01T15:00:00Z')
  assert.equal((JSON.parse(before.stdout) as { rule: string }).rule, 'boxed')
  assert.equal((JSON.parse(after.stdout) as { rule: string }).rule, 'large')
})

test('each record of JSON Lines is explained, also from stdin', async (t) => {
  const cwd = folderWith(t, files)
  const input = jsonl(call(span(1)), call(span(2), { duration_ms: 9000 }))
  const { stdout } = await recount(['policy', 'explain', 'policy.json', '--event', '-', '--json'], {
    cwd,
    input,
  })
  const rules = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { rule: string }).rule)
  assert.deepEqual(rules, ['large', 'slow'])
})

test('records that are none, a moment that is none, and an invalid policy are refused', async (t) => {
  const cwd = folderWith(t, {
    ...files,
    'bad.json': '{"version":3}',
    'list.json': '[1]',
    'empty.json': '\n',
  })
  const explain = (...args: string[]) => recount(['policy', 'explain', ...args], { cwd })
  for (const event of ['list.json', 'empty.json'])
    assert.match(
      (await explain('policy.json', '--event', event)).stderr,
      /hold JSON objects.*CLI_OPTION_INVALID/,
    )
  const gone = await explain('policy.json', '--event', 'gone.json')
  assert.deepEqual([gone.status, /CLI_FILE_UNREADABLE/.test(gone.stderr)], [3, true])
  const moment = await explain('policy.json', '--event', 'call.json', '--at', 'soon')
  assert.deepEqual([moment.status, /--at/.test(moment.stderr)], [2, true])
  const invalid = await explain('bad.json', '--event', 'call.json')
  assert.deepEqual([invalid.status, /POLICY_INVALID/.test(invalid.stderr)], [1, true])
})

test('names from files reach the terminal without control characters', async (t) => {
  const record = call(span(1), { model: 'acme-\u001b[2Jx' })
  const cwd = folderWith(t, { ...files, 'call.json': JSON.stringify(record) })
  const { stdout } = await recount(['policy', 'explain', 'policy.json', '--event', 'call.json'], {
    cwd,
  })
  assert.ok(!stdout.includes('\u001b'))
})

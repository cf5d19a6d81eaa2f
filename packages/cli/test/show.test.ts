import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  call,
  callStarted,
  content,
  digest,
  folderWith,
  jsonl,
  line,
  recount,
  span,
  step,
  TRACE,
} from './helpers.ts'

const OTHER = 'aaaaaa0000000000000000000000000b'
const ROOT = step(span(1))
const CALL = call(span(2), {
  parent_span_id: span(1),
  input_tokens: 1200,
  output_tokens: 30,
  cache_read_tokens: 200,
  ttft_ms: 12.5,
  cost_usd: 0.0012,
  finish_reason: 'stop',
  message_id: 'message-1',
  prompt: { name: 'answer', version: 3 },
})

test('a trace is found by its id, a span id, a message id, and the first characters of an id', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, CALL) })
  const dashed = TRACE.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-').toUpperCase()
  for (const target of [
    TRACE,
    dashed,
    span(2),
    'message-1',
    TRACE.slice(0, 6),
    span(2).slice(0, 15),
  ]) {
    const { status, stdout, stderr } = await recount(['show', target, 'app.jsonl'], { cwd })
    assert.equal(status, 0, `${target}: ${stderr}`)
    assert.match(stdout, new RegExp(`^trace ${TRACE}\n`))
    assert.match(stdout, /^└─ llm acme-large +ok +50 ms +━+$/m)
  }
})

test('a call shows tokens, first token, cost, ending and prompt', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, CALL) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd, env: { COLUMNS: '120' } })
  assert.match(
    stdout,
    /1,200 \(200 cached\) → 30 tokens · first token 13 ms · \$0\.0012 · finish stop/,
  )
  assert.match(stdout, /acme · prompt answer v3/)
})

test('a conversation is told in the order in which the model saw it, instructions in the middle with it', async (t) => {
  const text = (said: string): object => ({ type: 'text', content: said })
  const system = content(span(2), 'system', [text('Be kind.'), text('Now be brief.')])
  const input = content(span(2), 'input', [
    { role: 'user', parts: [text('Hello')] },
    { role: 'developer', parts: [{ type: 'system', index: 1 }] },
    { role: 'user', parts: [text('Again')] },
  ])
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, CALL, system, input) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl', '--full'], { cwd })
  const said = ['system: Be kind.', 'user: Hello', 'developer: Now be brief.', 'user: Again']
  const places = said.map((line) => stdout.indexOf(line))
  assert.ok(!places.includes(-1), stdout)
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
  )
  const alone = folderWith(t, { 'app.jsonl': jsonl(ROOT, CALL, input) })
  const without = await recount(['show', TRACE, 'app.jsonl', '--full'], { cwd: alone })
  assert.match(without.stdout, /developer: \(part 2 of the system prompt\)/)
})

test('all of parallel tool calls are in the few words about an answer', async (t) => {
  const asks = ['fridge', 'cupboard'].map((name) => ({
    type: 'tool_call',
    id: name,
    name,
    arguments: {},
  }))
  const output = content(span(2), 'output', [{ role: 'assistant', parts: asks }])
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, CALL, output) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.match(stdout, /output assistant: asks for fridge \{\} · asks for cupboard \{\}/)
})

test('what nobody has is exit 1 and says where it was looked for', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT) })
  const { status, stdout, stderr } = await recount(['show', 'bbbbbbbb', 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /has the id bbbbbbbb in app\.jsonl \(CLI_TRACE_NOT_FOUND\)/)
  const short = await recount(['show', 'aaaaa', 'app.jsonl'], { cwd })
  assert.match(short.stderr, /needs 6 characters or more/)
})

test('characters that several traces begin with are refused with a list; a whole id is not', async (t) => {
  const other = { ...step(span(9)), trace_id: OTHER }
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, other) })
  const { status, stdout, stderr } = await recount(['show', 'aaaaaa00', 'app.jsonl'], { cwd })
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, new RegExp(`^${TRACE}  .* UTC  answer  \\(trace id\\)$`, 'm'))
  assert.match(stderr, new RegExp(`^${OTHER}  `, 'm'))
  assert.match(stderr, /CLI_AMBIGUOUS/)
  assert.equal((await recount(['show', OTHER, 'app.jsonl'], { cwd })).status, 0)
})

test('a start without an end is marked as interrupted', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(callStarted(span(2))) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.match(stdout, /^llm acme-large +interrupted$/m)
  assert.match(stdout, /it began and has no end/)
})

test('errors, retries, fallbacks, aborted calls and verdicts are told in words', async (t) => {
  const error = { type: 'RateLimitError', status: 429, code: 'slow_down', message: 'wait a little' }
  const records = [
    ROOT,
    call(span(2), { parent_span_id: span(1), status: 'error', error }),
    call(span(3), { parent_span_id: span(1), attempt: 2, retry_of: span(2), call_duration_ms: 90 }),
    call(span(4), { parent_span_id: span(1), status: 'aborted', fallback_of: span(2) }),
    line('validation', span(5), {
      parent_span_id: span(3),
      passed: false,
      rule: 'type',
      path: '/a',
    }),
    line('validation', span(5), { parent_span_id: span(3), passed: false, rule: 'sources' }),
  ]
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd, env: { COLUMNS: '120' } })
  assert.match(stdout, /RateLimitError 429 slow_down: wait a little/)
  assert.match(stdout, /attempt 2, retry of ffffffff/)
  assert.match(stdout, /90 ms with all attempts/)
  assert.match(stdout, /llm acme-large +aborted/)
  assert.match(stdout, /fallback for ffffffff/)
  assert.match(stdout, /validation +failed/)
  assert.match(stdout, /rule type at \/a/)
  assert.match(stdout, /rule sources/)
})

test('content files beside the logs are read; folded it is a line, with --full it is all of it', async (t) => {
  const words = `${'many words '.repeat(40)}and the end`
  const messages = [{ role: 'user', parts: [{ type: 'text', content: words }] }]
  const cwd = folderWith(t, {
    'logs/app.jsonl': jsonl(ROOT, CALL),
    'logs/content/2026-11-21.1.jsonl.gz': gzipSync(jsonl(content(span(2), 'input', messages))),
  })
  const folded = await recount(['show', TRACE, 'logs/app.jsonl'], { cwd })
  assert.match(folded.stdout, / input user: many words .*…$/m)
  assert.doesNotMatch(folded.stdout, /and the end/)
  const full = await recount(['show', TRACE, 'logs/app.jsonl', '--full'], { cwd })
  assert.match(full.stdout, /and the end/)
})

test('content that was kept but is not in the files is named', async (t) => {
  const ref = { part: 'input', digest: digest(1), bytes: 2048 }
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(2), { content: [ref] })) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.match(stdout, /not in these files: input 2\.0 KB/)
})

test('content that a tombstone names is not shown, wherever the tombstone stands', async (t) => {
  const secret = content(span(2), 'input', 'a secret', { user_id: 'u1' })
  const kept = content(span(2), 'output', 'an answer')
  const tombstones = [
    { digest: digest('"a secret"'.length) },
    { subject_id: 'u1' },
    { of_span_id: span(2) },
  ]
  for (const tombstone of tombstones) {
    const erased = { level: 30, time: 1, recount: 1, event: 'erased', ...tombstone }
    const files = { 'app.jsonl': jsonl(CALL, secret, kept), 'later.jsonl': jsonl(erased) }
    const cwd = folderWith(t, files)
    for (const form of ['--full', '--json']) {
      const args = ['show', TRACE, 'later.jsonl', 'app.jsonl', form]
      const { stdout } = await recount(args, { cwd })
      assert.doesNotMatch(stdout, /a secret/, JSON.stringify(tombstone))
      assert.match(stdout, /erased/)
    }
  }
})

test('an action in another file that names only the message finds its trace, with its edit', async (t) => {
  const edit = { ...content(span(8), 'user_edit', 'shorter text'), trace_id: OTHER }
  const ref = { part: 'user_edit', digest: (edit as { digest?: string }).digest, bytes: 14 }
  const action = {
    ...{ level: 30, time: 1_780_000_005_000, recount: 1, event: 'user_action' },
    ...{ action: 'edited', edit_distance: 0.4, message_id: 'message-1', content: [ref] },
  }
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(ROOT, CALL),
    'web/app.jsonl': jsonl(action),
    'web/content/a.jsonl': jsonl(edit),
  })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl', 'web/app.jsonl'], { cwd })
  assert.match(stdout, /user edited 40 %, 4\.99 s later\n.*into: shorter text/)
})

test('--json gives the tree as one document', async (t) => {
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(ROOT, callStarted(span(2), { parent_span_id: span(1) })),
  })
  const { status, stdout } = await recount(['show', TRACE, 'app.jsonl', '--json'], { cwd })
  assert.equal(status, 0)
  const tree = JSON.parse(stdout) as { trace_id: string; roots: { children: object[] }[] }
  assert.equal(tree.trace_id, TRACE)
  const [child] = tree.roots[0]?.children ?? []
  assert.deepEqual(child, {
    span_id: span(2),
    parent_span_id: span(1),
    status: 'interrupted',
    start: callStarted(span(2), { parent_span_id: span(1) }),
    end: null,
    content: [],
    about: [],
    children: [],
  })
})

test('stdin can be shown, though a trace needs several readings', async () => {
  const { status, stdout } = await recount(['show', TRACE, '-'], { input: jsonl(ROOT, CALL) })
  assert.equal(status, 0)
  assert.match(stdout, /└─ llm acme-large/)
})

test('lines of the trace that are not valid are left out and counted', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(ROOT, call(span(2), { time: 'noon' })) })
  const { status, stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.equal(status, 0)
  assert.match(stdout, /1 line of it left out: not valid/)
})

test('escape sequences, control characters and bidi overrides of a log do not reach the terminal', async (t) => {
  const attack = '\u001b]52;c;AAAA\u0007\u009b2J\u202e\u2066\u{e0041}\r\b'
  const records = [
    step(span(1), { workflow: attack, user_id: attack }),
    call(span(2), {
      parent_span_id: span(1),
      ...{ model: attack, provider: attack, prompt: { name: attack }, finish_reason_raw: attack },
      ...{ status: 'error', error: { type: attack, code: attack, message: attack } },
      ...{ tools: { called: [attack] }, message_id: 'message-1' },
    }),
    content(span(2), 'output', [{ role: attack, parts: [{ type: 'text', content: attack }] }]),
    content(span(2), 'parsed', { [attack]: attack }),
    line('validation', span(3), { passed: false, rule: attack, path: attack, message: attack }),
    line('user_action', span(2), { action: 'edited', comment: attack }),
    line('evaluation', span(2), { name: attack, evaluator: 'human', explanation: attack }),
  ]
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  for (const form of [[], ['--full'], ['--json']]) {
    const { status, stdout } = await recount(['show', TRACE, 'app.jsonl', ...form], { cwd })
    assert.equal(status, 0)
    assert.match(stdout, /52;c;AAAA/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\u{e0041}]/u)
  }
})

test('a tree fits the width, down to 40 columns, with wide characters too', async (t) => {
  const words = '漢字とかな '.repeat(30)
  const records = [ROOT, CALL, content(span(2), 'output', words)]
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  const { default: stringWidth } = await import('string-width')
  for (const columns of [40, 60, 80, 120]) {
    for (const form of [[], ['--full']]) {
      const env = { COLUMNS: String(columns) }
      const { stdout } = await recount(['show', TRACE, 'app.jsonl', ...form], { cwd, env })
      const widest = Math.max(...stdout.split('\n').map((text) => stringWidth(text)))
      assert.ok(widest <= columns, `${widest} cells in ${columns} columns`)
    }
  }
})

test('spans that contain each other, and very deep ones, are shown and do not hang', async (t) => {
  const circle = [
    call(span(2), { parent_span_id: span(3) }),
    call(span(3), { parent_span_id: span(2) }),
  ]
  const deep = Array.from({ length: 3000 }, (_, depth) =>
    call(span(100 + depth), depth === 0 ? {} : { parent_span_id: span(99 + depth) }),
  )
  const cwd = folderWith(t, { 'circle.jsonl': jsonl(...circle), 'deep.jsonl': jsonl(...deep) })
  assert.equal((await recount(['show', TRACE, 'circle.jsonl'], { cwd })).status, 0)
  const text = await recount(['show', TRACE, 'deep.jsonl'], { cwd })
  assert.equal(text.status, 0)
  assert.match(text.stdout, /deeper: not shown/)
  const json = await recount(['show', TRACE, 'deep.jsonl', '--json'], { cwd })
  assert.match(json.stdout, /"deeper": true/)
})

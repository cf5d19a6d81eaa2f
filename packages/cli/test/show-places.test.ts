import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, content, folderWith, jsonl, recount, span, step, TRACE } from './helpers.ts'

const OTHER = 'aaaaaa0000000000000000000000000b'
const ROOT = step(span(1))

test('without a trace the last one is shown, and that is said', async (t) => {
  const later = { ...step(span(9), { start_time: 1_790_000_000_000 }), trace_id: OTHER }
  const cwd = folderWith(t, { 'logs/app.jsonl': jsonl(later, ROOT) })
  const named = await recount(['show', 'logs/app.jsonl'], { cwd })
  assert.match(named.stdout, new RegExp(`^trace ${OTHER}`))
  assert.match(named.stderr, /this is the last one/)
  const found = await recount(['show'], { cwd })
  assert.equal(found.stdout, named.stdout)
})

test('a trace that another process began is found as the last one, however its lines are ordered', async (t) => {
  const caller = 'ee'.repeat(8)
  const began = 1_790_000_000_000
  const downstream = [
    call(span(8), { parent_span_id: span(9), start_time: began + 10 }),
    step(span(9), { parent_span_id: caller, start_time: began }),
  ].map((record) => ({ ...record, trace_id: OTHER }))
  // A long trace that began earlier and writes until the end is not the last.
  const long = [ROOT, call(span(2), { parent_span_id: span(1), start_time: began - 1 })]
  const cwd = folderWith(t, {
    'first.jsonl': jsonl(...downstream, ...long),
    'last.jsonl': jsonl(...long, ...downstream),
  })
  for (const file of ['first.jsonl', 'last.jsonl']) {
    const { status, stdout } = await recount(['show', file], { cwd })
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`^trace ${OTHER}`))
    assert.match(stdout, /its parent eeeeeeee is not in these files/)
  }
})

test('an action that names only the trace stands under its first span, also where another process began it', async (t) => {
  const action = {
    ...{ level: 30, time: 1_780_000_005_000, recount: 1, event: 'user_action' },
    ...{ trace_id: TRACE, action: 'accepted' },
  }
  const root = step(span(1), { parent_span_id: 'ee'.repeat(8) })
  const cwd = folderWith(t, {
    'app.jsonl': jsonl(action, call(span(2), { parent_span_id: span(1) }), root),
  })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl', '--json'], { cwd })
  const tree = JSON.parse(stdout) as { roots: { span_id: string; about: object[] }[] }
  assert.deepEqual(
    tree.roots.map(({ span_id, about }) => [span_id, about.length]),
    [[span(1), 1]],
  )
})

test('a trace of an HTTP request says route, method and status', async (t) => {
  const metadata = { method: 'GET', route: '/orders/:id', status: 200, plan: 'pro' }
  const inner = step(span(2), { parent_span_id: span(1), step: 'look up', metadata })
  const cwd = folderWith(t, {
    'http.jsonl': jsonl(step(span(1), { metadata }), inner),
    'unrouted.jsonl': jsonl(step(span(1), { metadata: { method: 'POST', status: 404 } })),
    'job.jsonl': jsonl(step(span(1), { metadata: { status: 200, queue: 'mail' } })),
  })
  const { stdout } = await recount(['show', 'http.jsonl'], { cwd })
  assert.equal(stdout.match(/GET \/orders\/:id 200$/gm)?.length, 1)
  const unrouted = await recount(['show', 'unrouted.jsonl'], { cwd })
  assert.match(unrouted.stdout, /^ +POST 404$/m)
  const job = await recount(['show', 'job.jsonl'], { cwd })
  assert.doesNotMatch(job.stdout, /200/)
})

test('a file that does not exist is said not to exist, not looked for as an id', async (t) => {
  const cwd = folderWith(t, { 'logs/app.jsonl': jsonl(ROOT) })
  for (const name of ['logs/nofile.jsonl', 'nofile.jsonl.gz', 'logs/app.1.log', 'old/*.jsonl*']) {
    const { status, stderr } = await recount(['show', name], { cwd })
    assert.equal(status, 3, name)
    assert.match(
      stderr,
      /^recount: (There is no file|No file matches) .*ANALYZE_INPUT_NOT_FOUND\)\n$/,
    )
  }
  const pattern = await recount(['show', 'logs/*.jsonl'], { cwd })
  assert.match(pattern.stdout, new RegExp(`^trace ${TRACE}`))
  const id = await recount(['show', 'answers/17'], { cwd })
  assert.match(id.stderr, /has the id answers\/17 in .*, and there is no such file/)
})

test('long facts about a trace are wrapped, not cut', async (t) => {
  const facts = { user_id: 'u'.repeat(30), tenant_id: 't'.repeat(30), service: 's'.repeat(30) }
  const cwd = folderWith(t, { 'app.jsonl': jsonl(step(span(1), facts)) })
  const { stdout } = await recount(['show', 'app.jsonl'], { cwd })
  assert.match(stdout, /^user u{30} · tenant t{30} ·\nservice s{30}$/m)
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
})

test('an output that is a plain object is shown as JSON', async (t) => {
  const answer = { answer: 'in two days', sources: [7] }
  for (const value of [answer, [answer]]) {
    const cwd = folderWith(t, {
      'app.jsonl': jsonl(call(span(1)), content(span(1), 'output', value)),
    })
    const folded = await recount(['show', 'app.jsonl'], { cwd })
    assert.match(folded.stdout, /output \{"answer":"in two days","sources":\[7\]\}$/m)
    const full = await recount(['show', 'app.jsonl', '--full'], { cwd })
    assert.match(full.stdout, /output \d+ B\n +\{\n +"answer": "in two days",/)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span, step, TRACE } from './helpers.ts'

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

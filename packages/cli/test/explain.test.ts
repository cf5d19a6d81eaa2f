import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from '@recount/logger'
import { FAULTS, recordFaults } from '../src/demo/faults.ts'
import { call, folderWith, jsonl, recount, span, TRACE } from './helpers.ts'

test('calls that were recorded for real are explained: the part at fault, and the lines that prove it', async (t) => {
  const cwd = folderWith(t)
  const file = join(cwd, 'app.jsonl')
  const log = createLogger({ destination: file, content: 'inline', env: {}, keyFile: false })
  const traces = await recordFaults(log)
  for (const { id, part, says } of FAULTS) {
    const trace = traces.get(id) ?? ''
    const { status, stdout } = await recount(['explain', trace, file], { cwd })
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`The ${part} is at fault`))
    assert.match(stdout, says)
    const json = JSON.parse(
      (await recount(['explain', trace, file, '--json'], { cwd })).stdout,
    ) as { blame: { part: string; proof: unknown[] } }
    assert.equal(json.blame.part, part)
    assert.ok(json.blame.proof.length > 0)
  }
})

test('where the record does not tell, it says so and what is missing', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  const { status, stdout } = await recount(['explain', TRACE, 'app.jsonl'], { cwd })
  assert.equal(status, 0)
  assert.match(stdout, /Cannot tell which part failed/)
  assert.match(stdout, /Nothing that is recorded failed/)
  assert.match(stdout, /what the model said was not kept/)
})

test('a good sibling in the same files shows what changed', async (t) => {
  const other = 'bbbbbb0000000000000000000000000b'
  const good = { ...call(span(1), { response_model: 'm-1' }), trace_id: other }
  const bad = call(span(2), { response_model: 'm-2' })
  const cwd = folderWith(t, { 'app.jsonl': jsonl(good, bad) })
  const { stdout } = await recount(['explain', TRACE, 'app.jsonl', '--sibling', other], { cwd })
  assert.match(stdout, /A change is at fault/)
  assert.match(stdout, /m-1 → m-2/)
})

test('a trace that is not there is named', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  const { status, stderr } = await recount(['explain', 'cccccc', 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.match(stderr, /CLI_TRACE_NOT_FOUND/)
})

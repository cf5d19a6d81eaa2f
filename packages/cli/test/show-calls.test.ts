import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, callStarted, folderWith, jsonl, recount, span, step, TRACE } from './helpers.ts'

test('an answer that nobody read, in a trace that went on, is no death of the process', async (t) => {
  const begun = callStarted(span(2), { parent_span_id: span(1) })
  const cwd = folderWith(t, { 'app.jsonl': jsonl(begun, step(span(1))) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.match(stdout, /nobody read its answer/)
  assert.doesNotMatch(stdout, /process died/)
})

test('a call without a step around it says its workflow, step and job', async (t) => {
  const labels = {
    workflow: 'patents',
    step: 'assess',
    step_attempt: 2,
    metadata: { job_id: 'j-17' },
  }
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1), labels)) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.match(stdout, /workflow patents · step assess · attempt 2 · job j-17/)
})

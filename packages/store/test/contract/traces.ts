import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, content, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** A call leads to everything around it. */
export function tracesContract(name: string, open: Opened): void {
  test(`${name}: any id leads to the whole tree, with times and cost`, async (t) => {
    const store = await open(t)
    const inside = { trace_id: traceId(1), start_time: START, parent_span_id: spanId(1) }
    await store.ingest([
      record('step', {
        ...inside,
        span_id: spanId(1),
        parent_span_id: undefined,
        duration_ms: 500,
        status: 'ok',
      }),
      record('retrieval', {
        ...inside,
        span_id: spanId(2),
        duration_ms: 40,
        status: 'ok',
        source: 'kb',
        chunks: [],
      }),
      call(1, 3, { parent_span_id: spanId(1), duration_ms: 300, cost_usd: 0.1, message_id: 'm-9' }),
      call(1, 4, { parent_span_id: spanId(1), duration_ms: 50, cost_usd: 0.2 }),
      record('tool_call', {
        ...inside,
        span_id: spanId(5),
        parent_span_id: spanId(3),
        duration_ms: 7,
        status: 'ok',
        tool: 'find',
      }),
      content(1, 3, 'output', [message('assistant', 'yes')]),
      record('evaluation', { name: 'tone', evaluator: 'model', message_id: 'm-9', score: 1 }),
      call(0x99, 6),
    ])
    for (const target of [
      traceId(1),
      spanId(5),
      'm-9',
      spanId(2).toUpperCase(),
      traceId(1).slice(0, 31),
    ]) {
      const trace = await store.trace(target)
      assert.equal(trace?.trace_id, traceId(1), target)
      assert.equal(trace.roots.length, 1)
      const [root] = trace.roots
      assert.deepEqual(
        root?.children.map(({ span_id }) => span_id),
        [2, 3, 4].map(spanId),
      )
      assert.equal(root?.children[1]?.children[0]?.span_id, spanId(5))
      assert.equal(root?.children[1]?.about.length, 1)
      assert.deepEqual(trace.latency_ms, { total: 500, llm: 350, tools: 7, retrieval: 40 })
      assert.equal(trace.cost_usd, 0.3)
    }
    assert.equal(await store.trace('ffffffff'), undefined)
    assert.equal(await store.trace("' OR 1=1 --"), undefined)
    await assert.rejects(store.trace('abc000000000'), { code: 'STORE_AMBIGUOUS' })
  })

  test(`${name}: what users say hours later joins the trace, and their edit with it`, async (t) => {
    const store = await open(t)
    const edit = content(7, 70, 'user_edit', 'better words')
    const { digest, bytes } = edit as { digest: string; bytes: number }
    await store.ingest([
      record('user_action', {
        ...{ action: 'edited', message_id: 'm-1', time: START + 1e7 },
        content: [{ part: 'user_edit', digest, bytes }],
      }),
      edit,
    ])
    await store.ingest([call(1, 1, { message_id: 'm-1' })])
    const trace = await store.trace('m-1')
    assert.equal(trace?.roots[0]?.about.length, 1)
    assert.ok(
      trace?.records.some((line) => line.event === 'content' && line.content === 'better words'),
    )
  })

  test(`${name}: a step is read back as the model saw it, its last attempt, and a workflow in order`, async (t) => {
    const store = await open(t)
    const step = { workflow: 'wf-1', step: 'assess' }
    await store.ingest([
      call(1, 1, { ...step, step_attempt: 1, status: 'error' }),
      content(1, 1, 'input', [message('user', 'first try')], step),
      call(2, 2, { ...step, step_attempt: 2 }),
      content(2, 2, 'system', 'You assess.', step),
      content(2, 2, 'input', [message('user', 'second try')], step),
      content(2, 2, 'output', [message('assistant', 'done')], step),
      call(3, 3, { workflow: 'wf-1', step: 'report' }),
      call(4, 4, { workflow: 'wf-2', step: 'assess' }),
    ])
    const latest = await store.latest(step)
    assert.equal(latest?.call.span_id, spanId(2))
    assert.equal(latest?.content.length, 3)
    assert.deepEqual(await store.contextWindow(step), [
      { role: 'system', parts: [{ type: 'text', content: 'You assess.' }] },
      message('user', 'second try'),
    ])
    assert.deepEqual(await store.conversation(step), [
      { role: 'system', content: 'You assess.', token_estimate: 3 },
      { role: 'user', content: 'second try', token_estimate: 3 },
      { role: 'assistant', content: 'done', token_estimate: 1 },
    ])
    const logs = await store.workflow('wf-1')
    assert.deepEqual(
      logs.map(({ call }) => call.span_id),
      [1, 2, 3].map(spanId),
    )
    assert.equal(await store.latest({ workflow: 'wf-1', step: 'nothing' }), undefined)
    assert.equal(await store.conversation({ workflow: 'wf-1', step: 'report' }), undefined)
  })

  test(`${name}: traces are handed out one by one with their content`, async (t) => {
    const store = await open(t)
    await store.ingest(
      [1, 2, 3].flatMap((at) => [call(at, at), content(at, at, 'output', `answer ${at}`)]),
    )
    const traces: string[] = []
    for await (const trace of store.export({ since: START + 2 })) {
      assert.equal(trace.records.length, 2)
      traces.push(trace.trace_id)
    }
    assert.deepEqual(traces, [traceId(3), traceId(2)])
  })
}

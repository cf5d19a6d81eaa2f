import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord, LlmCall } from '@recount/record'
import { explain } from '../src/index.ts'
import { CALL, call, content, retrieval, step, tool, trace, validation } from './traces.ts'

const USAGE = { input_tokens: 300, output_tokens: 40 }

function blamed(
  records: readonly AnyRecord[],
  options?: Parameters<typeof explain>[1],
): string | undefined {
  return explain(records, options).blame?.part
}

test('raw full and parsed empty: the parser is at fault, and both are the proof', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', [
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Sure! ```json\n{"dose": "5mg"}\n```' }],
      },
    ]),
    validation({ passed: false, rule: 'parse', message: 'Unexpected token' }),
  )
  const { blame } = explain(records)
  assert.equal(blame?.part, 'parser')
  assert.ok(blame.confidence > 0.9)
  assert.deepEqual(
    blame.proof.map(({ field }) => field),
    ['output', 'parsed'],
  )
  assert.match(blame.proof[0]?.says ?? '', /5mg/)
})

test('a parsed value of nothing but nulls is as empty as none', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', 'The dose is 5mg.'),
    validation({ passed: false, rule: 'schema' }),
    content('validation', 'parsed', { dose: null, unit: '' }),
  )
  assert.equal(blamed(records), 'parser')
})

test('a value that the rule misses and the raw text has was lost by the parser', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', '{"patient": "A. B.", "dose": "5mg"}'),
    validation({ passed: false, rule: 'dose_range', path: '/dose' }),
    content('validation', 'parsed', { patient: 'A. B.', dose: null }),
  )
  const { blame } = explain(records)
  assert.equal(blame?.part, 'parser')
  assert.match(blame.summary, /gave dose/)
  assert.match(blame.proof[0]?.says ?? '', /5mg/)
})

test('a value that the model got wrong is the model’s', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', '{"dose": "500mg"}'),
    validation({ passed: false, rule: 'dose_range', path: '/dose', message: 'too high' }),
    content('validation', 'parsed', { dose: '500mg' }),
  )
  assert.equal(blamed(records), 'model')
})

test('both empty: refusal, filter or length, as the finish reason says', () => {
  for (const [finish_reason, part] of [
    ['refusal', 'refusal'],
    ['content_filter', 'filter'],
    ['length', 'length'],
    ['context_window', 'context'],
    ['stop', 'empty'],
  ] as const) {
    const records = trace(
      call({ ...USAGE, output_tokens: 0, finish_reason }),
      content(CALL, 'output', ''),
      validation({ passed: false, rule: 'parse' }),
    )
    const { blame, verdicts } = explain(records)
    assert.equal(blame?.part, part, finish_reason)
    assert.ok(!verdicts.some((verdict) => verdict.part === 'parser'), finish_reason)
  }
})

test('a tool that failed, or returned nothing, an error or old data, is at fault', () => {
  const results: [result: unknown, says: RegExp][] = [
    [null, /nothing/],
    [{ rows: [] }, /nothing/],
    [{ error: 'order not found' }, /as if it were a result/],
    [{ status: 503, message: 'down' }, /as if it were a result/],
    ['Error: connection reset', /as if it were a result/],
    [{ isError: true, content: [{ type: 'text', text: 'x' }] }, /as if it were a result/],
    [{ weight: 3.2, as_of: '2020-01-01T00:00:00Z' }, /old data/],
    [{ price: 9, expires_at: '2020-01-01' }, /old data/],
  ]
  for (const [result, says] of results) {
    const records = trace(
      call(USAGE),
      content(CALL, 'output', 'It weighs 3.2 kg.'),
      tool(),
      content('tool', 'tool_result', result),
    )
    const { blame } = explain(records)
    assert.equal(blame?.part, 'tool', JSON.stringify(result))
    assert.match(blame.summary, says)
    assert.equal(blame.proof[0]?.event, 'content')
  }
  const failed = trace(
    call(USAGE),
    tool({ status: 'error', error: { type: 'Error', message: 'down' } }),
  )
  assert.equal(blamed(failed), 'tool')
})

test('a tool that was asked again and answered is not at fault', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', 'Fine.'),
    tool({ status: 'error', error: { type: 'Error', message: 'down' } }),
    tool({}, 'tool-2'),
    content('tool-2', 'tool_result', { weight: 3.2 }),
  )
  assert.equal(blamed(records), undefined)
})

test('somebody else’s data, a missing source, a source that was cited and not found: the retrieval is at fault', () => {
  const answer = content(CALL, 'output', 'She weighs 2.1 kg [source: chart-8].')
  const other = trace(
    retrieval({
      subject_id: 'patient-7',
      chunks: [{ source_id: 'chart-8', subject_id: 'patient-8' }],
    }),
    call(USAGE),
    answer,
  )
  const { blame } = explain(other)
  assert.equal(blame?.part, 'retrieval')
  assert.match(blame.summary, /for patient-7 and found data of patient-8/)
  const found = [{ source_id: 'chart-7' }]
  assert.equal(blamed(trace(retrieval({ chunks: found }), call(USAGE), answer)), 'retrieval')
  const plain = content(CALL, 'output', 'She weighs 2.1 kg.')
  const records = trace(retrieval({ chunks: found }), call(USAGE), plain)
  assert.equal(blamed(records, { needed: ['chart-9'] }), 'retrieval')
  assert.equal(blamed(records, { needed: ['chart-7'] }), undefined)
  assert.equal(blamed(trace(retrieval({ chunks: [] }), call(USAGE), plain)), 'retrieval')
})

test('a window that was full, cut or too small: the context is at fault', () => {
  const full = { ...USAGE, context_window: { limit: 300, used: 1 } }
  assert.equal(blamed(trace(call(full), content(CALL, 'output', 'x'))), 'context')
  const cut = {
    ...USAGE,
    input_tokens: 2048,
    context_window: { tokens_estimated: 9000, limit: 128_000 },
  }
  assert.equal(blamed(trace(call(cut), content(CALL, 'output', 'x'))), 'context')
  const refused = call({
    status: 'error',
    error: { type: 'BadRequestError', status: 400, message: 'prompt is too long' },
    diagnosis: { category: 'context_length_exceeded', retryable: 'after_change' },
  })
  assert.equal(blamed(trace(refused)), 'context')
})

test('a call that failed for good is the provider’s; one that was made good is not', () => {
  const failed = {
    status: 'error' as const,
    error: { type: 'RateLimitError', status: 429, message: 'slow down' },
  }
  assert.equal(blamed(trace(call(failed))), 'provider')
  const again = trace(
    call(failed),
    call({ ...USAGE, retry_of: CALL, attempt: 2 }, 'call-2'),
    content('call-2', 'output', 'x'),
  )
  assert.equal(blamed(again), undefined)
})

test('where the answer was right before, what changed since is at fault', () => {
  const before = trace(
    call({ ...USAGE, prompt: { name: 'dosing', version: 3 }, response_model: 'm-2026-01' }),
  )
  const after = trace(
    call({ ...USAGE, prompt: { name: 'dosing', version: 4 }, response_model: 'm-2026-05' }),
    content(CALL, 'output', 'x'),
  )
  const { blame } = explain(after, { sibling: before })
  assert.equal(blame?.part, 'regression')
  assert.deepEqual(
    blame.proof.map(({ says }) => says),
    ['3 → 4', 'm-2026-01 → m-2026-05'],
  )
  assert.equal(blamed(before, { sibling: before }), undefined)
})

test('a cut stream, or an error in one, is blamed as a failed call is, unless it was made good', () => {
  const error = { type: 'Error', message: 'terminated' }
  for (const cut of [{ status: 'partial', error }, { status: 'partial' }]) {
    const records = trace(call({ ...USAGE, ...cut }), content(CALL, 'output', 'It wei'))
    const { blame } = explain(records)
    assert.equal(blame?.part, 'provider')
    assert.match(blame.summary, /broke off/)
    const again = trace(call({ ...USAGE, ...cut }), call({ ...USAGE, retry_of: CALL }, 'again'))
    assert.equal(blamed(again), undefined)
  }
  const full = trace(call({ ...USAGE, status: 'partial', finish_reason: 'length' }))
  assert.equal(blamed(full), 'length')
})

test('an answer that nobody read is named as that where what asked for it is over', () => {
  const around = { ...step(), duration_ms: 5 } as unknown as AnyRecord
  const { duration_ms: _, status: __, ...begun } = call({}) as LlmCall
  const start = { ...begun, event: 'llm_call_started', parent_span_id: around.span_id }
  const left = start as unknown as AnyRecord
  const { blame } = explain([left, around])
  assert.equal(blame?.part, 'application')
  assert.match(blame.summary, /Nobody read the answer/)
  assert.match(explain([left]).blame?.summary ?? '', /process died/)
})

test('a step that failed by itself is the application’s, the innermost first', () => {
  const error = { type: 'TypeError', message: 'x is undefined' }
  const inner = { ...step(), status: 'error', error, duration_ms: 1, parent_span_id: 'outer' }
  const outer = { ...inner, span_id: 'outer', parent_span_id: undefined }
  const { blame, verdicts } = explain([inner, outer] as unknown as AnyRecord[])
  assert.equal(verdicts.length, 1)
  assert.equal(blame?.span_id, inner.span_id)
  assert.match(blame?.proof[0]?.says ?? '', /x is undefined/)
})

test('work that has no end is the application’s', () => {
  const [start] = trace({ ...step(), event: 'step_started' } as AnyRecord)
  assert.equal(blamed([start as AnyRecord]), 'application')
})

test('where the record says nothing, it says that it cannot tell, and what is missing', () => {
  const { blame, missing } = explain(trace(call(USAGE), tool()))
  assert.equal(blame, null)
  assert.ok(missing.some((what) => /what the model said was not kept/.test(what)))
  assert.ok(missing.some((what) => /what tools returned was not kept/.test(what)))
  assert.deepEqual(explain([]).blame, null)
})

test('sizes stand in where content was not kept', () => {
  const digest = `hmac-sha256:00000000:${'0'.repeat(32)}`
  const refs = [{ part: 'output' as const, digest, bytes: 120 }]
  const records = trace(
    call({ ...USAGE, content: refs }),
    validation({ passed: false, rule: 'parse' }),
  )
  assert.equal(blamed(records), 'parser')
  const empty = [{ part: 'tool_result' as const, digest, bytes: 2 }]
  assert.equal(
    blamed(trace(call(USAGE), content(CALL, 'output', 'x'), tool({ content: empty }))),
    'tool',
  )
})

test('the cause comes before its consequence', () => {
  const records = trace(
    call(USAGE),
    content(CALL, 'output', '{"weight": "unknown"}'),
    tool({ status: 'error', error: { type: 'Error', message: 'down' } }),
    validation({ passed: false, rule: 'weight_known', path: '/weight' }),
    content('validation', 'parsed', { weight: 'unknown' }),
  )
  const { blame, verdicts } = explain(records)
  assert.equal(blame?.part, 'tool')
  assert.deepEqual(
    verdicts.map(({ part }) => part),
    ['tool', 'model'],
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain } from '../src/index.ts'
import { CALL, call, content, tool, trace, validation } from './traces.ts'

const NO = 'I cannot help with that.'

/** What providers answer where they refuse, filter or stop, as it is kept. */
const ENDED: Readonly<Record<string, readonly [part: string, output: unknown]>> = {
  'OpenTelemetry’s part': [
    'refusal',
    [{ role: 'assistant', parts: [{ type: 'refusal', content: NO }] }],
  ],
  'OpenAI chat': ['refusal', { role: 'assistant', content: null, refusal: NO }],
  'OpenAI chat, with empty parts': ['refusal', [{ role: 'assistant', parts: [], refusal: NO }]],
  'OpenAI chat, the whole body': [
    'refusal',
    {
      choices: [
        { finish_reason: 'stop', message: { role: 'assistant', content: null, refusal: NO } },
      ],
    },
  ],
  'OpenAI Responses, an item': [
    'refusal',
    [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: NO }] }],
  ],
  'OpenAI Responses, the whole body': [
    'refusal',
    {
      incomplete_details: null,
      output: [
        { type: 'reasoning', summary: [] },
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: NO }] },
      ],
    },
  ],
  'OpenAI Responses, cut off': [
    'length',
    { output: [], incomplete_details: { reason: 'max_output_tokens' } },
  ],
  Anthropic: ['refusal', { role: 'assistant', content: [], stop_reason: 'refusal' }],
  'Gemini, the answer': ['filter', { candidates: [{ finishReason: 'SAFETY', content: {} }] }],
  'Gemini, by heart': ['filter', { candidates: [{ finishReason: 'RECITATION' }] }],
  'Gemini, the prompt': ['filter', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
  Azure: [
    'filter',
    {
      choices: [{ finish_reason: 'content_filter', message: { role: 'assistant', content: null } }],
    },
  ],
  Bedrock: [
    'filter',
    {
      stopReason: 'guardrail_intervened',
      output: { message: { role: 'assistant', content: [{ text: '' }] } },
    },
  ],
}

for (const [who, [part, output]] of Object.entries(ENDED))
  test(`what did not come because it was refused is not the parser’s fault: ${who}`, () => {
    const { blame, verdicts } = explain(
      trace(
        call({ input_tokens: 300, output_tokens: 12 }),
        content(CALL, 'output', output),
        validation({ passed: false, rule: 'parse' }),
      ),
    )
    assert.equal(blame?.part, part, JSON.stringify(verdicts))
    assert.ok(!verdicts.some((verdict) => verdict.part === 'parser'))
    assert.ok(blame.proof.some(({ field }) => field.startsWith('output.')))
  })

test('a provider’s own word for the ending tells what nobody has translated', () => {
  for (const [finish_reason_raw, part] of [
    ['SAFETY', 'filter'],
    ['guardrail_intervened', 'filter'],
    ['refusal', 'refusal'],
    ['MAX_TOKENS', 'length'],
    ['model_context_window_exceeded', 'context'],
  ] as const) {
    const { blame } = explain(
      trace(call({ finish_reason: 'other', finish_reason_raw }), content(CALL, 'output', '')),
    )
    assert.equal(blame?.part, part, finish_reason_raw)
  }
})

test('a refusal beside an answer is no refusal', () => {
  const output = { role: 'assistant', content: 'The dose is 5mg.', refusal: NO }
  assert.equal(explain(trace(call({}), content(CALL, 'output', output))).blame, null)
})

test('data that a model made is no message, whatever its keys are', () => {
  const output = '{"content": "", "dose": "5mg"}'
  const records = trace(
    call({ output_tokens: 9 }),
    content(CALL, 'output', JSON.parse(output)),
    validation({ passed: false, rule: 'parse' }),
  )
  assert.equal(explain(records).blame?.part, 'parser')
})

test('a call that the filter or the budget ended with an error is not the provider’s failure', () => {
  for (const [category, part] of [
    ['content_filter', 'filter'],
    ['output_truncated', 'length'],
    ['empty_response', 'empty'],
    ['context_length_exceeded', 'context'],
    ['not_llm_error', 'application'],
    ['rate_limit', 'provider'],
  ] as const) {
    const failed = call({
      status: 'error',
      error: { type: 'Error', message: 'no' },
      diagnosis: { category, retryable: 'no' },
    })
    assert.equal(explain(trace(failed)).blame?.part, part)
  }
})

test('what is proven comes before what is only clear, wherever it stands', () => {
  const records = trace(
    tool(),
    content('tool', 'tool_result', { rows: [] }),
    call({ output_tokens: 9 }),
    content(CALL, 'output', '{"dose": "5mg"}'),
    validation({ passed: false, rule: 'dose', path: '/dose' }),
    content('validation', 'parsed', { dose: null, unit: 'mg' }),
  )
  const { blame, verdicts } = explain(records)
  assert.equal(blame?.part, 'parser')
  assert.deepEqual(
    verdicts.map(({ part }) => part),
    ['tool', 'parser'],
  )
})

test('what is no trace is explained by nothing, and nothing throws', () => {
  const cycle: Record<string, unknown> = { event: 'llm_call' }
  cycle.content = [null, cycle]
  const node: Record<string, unknown> = { start: cycle, content: [1], about: 'x' }
  node.children = [node, null, 7]
  const wide: unknown[] = []
  for (let at = 0; at < 50; at++) wide.push(wide)
  const junk: unknown[] = [
    null,
    undefined,
    7,
    'text',
    {},
    { roots: null },
    { roots: [null, 7, node] },
    [null, 7, 'x', [], {}],
    [{ event: 7 }, { event: 'llm_call' }, { event: 'tool_call' }, { event: 'retrieval' }],
    [
      { event: 'retrieval', chunks: [null] },
      { event: 'retrieval', chunks: 7 },
    ],
    [
      { event: 'validation', passed: false, path: 7 },
      { event: 'content', part: 'output' },
    ],
    [{ event: 'llm_call', status: 'ok', finish_reason: 'constructor', error: 7, tools: 7 }],
    [{ event: 'llm_call', status: 'error', diagnosis: { category: 'toString', suggestions: 7 } }],
    [
      { event: 'llm_call', status: 'ok', span_id: 's' },
      { event: 'content', span_id: 's', part: 'output', content: wide },
    ],
    [
      { event: 'tool_call', status: 'ok', span_id: 's', error: null },
      { event: 'content', span_id: 's', part: 'tool_result', content: { n: 10n } },
    ],
    new Proxy([], {
      get: () => {
        throw new Error('no')
      },
    }),
  ]
  for (const trace of junk) {
    const found = explain(trace as never)
    assert.ok(Array.isArray(found.verdicts))
    explain([], { sibling: trace as never })
    explain(trace as never, null as never)
  }
})

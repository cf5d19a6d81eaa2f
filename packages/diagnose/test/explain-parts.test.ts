import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { explain } from '../src/index.ts'
import { CALL, call, content, retrieval, tool, trace, validation } from './traces.ts'

function judged(raw: string, failed: object, parsed?: unknown): AnyRecord[] {
  return trace(
    call({ output_tokens: 9 }),
    content(CALL, 'output', raw),
    validation({ passed: false, ...failed }),
    ...(parsed === undefined ? [] : [content('validation', 'parsed', parsed)]),
  )
}

function part(records: readonly AnyRecord[]): string | undefined {
  return explain(records).blame?.part
}

test('a value that stands otherwise in the raw text was changed by the parser', () => {
  const raw = '{"price": "1,299.00"}'
  assert.equal(part(judged(raw, { rule: 'least', path: '/price' }, { price: 1 })), 'parser')
  assert.equal(part(judged(raw, { rule: 'price' }, { price: 1 })), 'parser')
  assert.equal(part(judged(raw, { rule: 'least', path: '/price' }, { price: 1299 })), 'model')
  assert.equal(part(judged('{"price": -5}', { rule: 'price' }, { price: -5 })), 'model')
})

test('a rule that misses what the raw text has blames the parser, also without a path', () => {
  const raw = '{"price": 12, "currency": "EUR"}'
  const named = judged(raw, { rule: 'currency', message: 'absent' }, { price: 12 })
  assert.equal(part(named), 'parser')
  const told = judged(raw, { rule: 'shape', message: 'currency is missing' }, { price: 12 })
  assert.equal(part(told), 'parser')
})

test('a rule that throws is at fault itself', () => {
  const failed = { rule: 'country', message: 'Cannot read properties of undefined' }
  assert.equal(part(judged('{"country": "FI"}', failed, { country: 'FI' })), 'validator')
})

test('words where data was asked for are the model’s, and its refusal where they refuse', () => {
  assert.equal(part(judged('Sure! It costs twelve euros.', { rule: 'parse' })), 'model')
  assert.equal(part(judged('I’m sorry, I cannot do that.', { rule: 'parse' })), 'refusal')
})

test('a verdict that the next answer made good blames nobody', () => {
  const again = { ...validation({ passed: true }), span_id: 'second', parent_span_id: undefined }
  const records = trace(
    ...judged('{"price": -5}', { rule: 'price' }, { price: -5 }),
    call({ output_tokens: 9 }, 'again'),
    again as unknown as AnyRecord,
  )
  assert.equal(explain(records).blame, null)
})

test('a lookup that found nothing is made good by a later one that found something', () => {
  const later = {
    ...retrieval({ source: 'index', chunks: [{ source_id: 'a', rank: 1 }] }),
    span_id: 'later',
  } as unknown as AnyRecord
  assert.equal(explain(trace(retrieval({}), later, call({}))).blame, null)
  assert.equal(part(trace(retrieval({}), call({}))), 'retrieval')
})

test('a tool that was called with broken arguments is not at fault', () => {
  const error = { type: 'SyntaxError', message: 'Unexpected end of JSON input' }
  const broken = content('tool', 'tool_arguments', '{"city": "Tur')
  assert.equal(part(trace(tool({ status: 'error', error }), broken)), 'model')
})

test('a result is an error, nothing or old only where it says so of itself', () => {
  const blamed: readonly unknown[] = [
    { content: [{ type: 'text', text: 'Error: connection refused' }] },
    [{ type: 'text', text: 'Error executing tool: connection refused' }],
    '<html><title>502 Bad Gateway</title></html>',
    { results: [], total: 0 },
    'No results found.',
    { errors: [{ message: 'denied' }], data: null },
  ]
  const fine: readonly unknown[] = [
    { errors: [{ line: 3, message: 'unused variable x' }], file: 'a.ts' },
    'ERROR 2026-11-30 worker died\nERROR 2026-11-30 worker died again',
    { id: 7, plan: 'pro', updated_at: '2020-05-01T00:00:00Z' },
    { path: '/LICENSE', last_modified: '2020-01-01T00:00:00Z' },
    { errors: [], warnings: 0, error: null },
  ]
  const after = (result: unknown) =>
    part(trace(tool(), content('tool', 'tool_result', result), call({}))) ?? null
  for (const result of blamed) assert.equal(after(result), 'tool', JSON.stringify(result))
  for (const result of fine) assert.equal(after(result), null, JSON.stringify(result))
})

test('what was kept elsewhere is not said to be closed', () => {
  const referred = call({ content: [{ part: 'output', digest: 'd', bytes: 9 }] })
  assert.ok(explain(trace(referred)).missing.some((said) => /not read/.test(said)))
  assert.ok(explain(trace(call({}))).missing.some((said) => /content is closed/.test(said)))
})

test('an empty final answer after a full one is the application’s', () => {
  const final = { ...tool(), event: 'final_response', span_id: 'final' } as unknown as AnyRecord
  const empty = { ...content('final', 'output', ''), span_id: 'final' } as unknown as AnyRecord
  const records = trace(call({}), content(CALL, 'output', 'The price is 12 EUR.'), final, empty)
  assert.equal(part(records), 'application')
})

test('needs and needed are the same', () => {
  const records = trace(retrieval({ chunks: [{ source_id: 'a', rank: 1 }] }), call({}))
  for (const options of [{ needs: ['b'] }, { needed: ['b'] }])
    assert.match(explain(records, options).blame?.summary ?? '', /not found: b/)
})

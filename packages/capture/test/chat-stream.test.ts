import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnswerFacts } from '../src/provider.ts'
import { partsOf, readerFor } from './told.ts'

/** Reads chunks of a chat completion, given as what stands in `choices`, or whole. */
function read(chunks: readonly object[]): AnswerFacts {
  const reader = readerFor('openai.chat')
  for (const chunk of chunks) {
    const whole = 'index' in chunk ? { choices: [chunk] } : chunk
    reader.take({ data: JSON.stringify(whole) })
  }
  return reader.result()
}

function tool(piece: object, index = 0): object {
  return { index: 0, delta: { tool_calls: [{ ...(index >= 0 && { index }), ...piece }] } }
}

function callsOf(facts: AnswerFacts): unknown[] {
  return partsOf(facts)
    .filter(({ type }) => type === 'tool_call')
    .map(({ id, name, arguments: args }) => [id, name, args])
}

test('arguments of parallel calls that come interleaved are put together each by itself', () => {
  const facts = read([
    tool({ id: 'a', function: { name: 'one', arguments: '' } }, 0),
    tool({ id: 'b', function: { name: 'two', arguments: '{"y"' } }, 1),
    tool({ function: { arguments: '{"x":' } }, 0),
    tool({ function: { arguments: ':2}' } }, 1),
    tool({ function: { arguments: '1}' } }, 0),
    { index: 0, delta: {}, finish_reason: 'tool_calls' },
  ])
  assert.deepEqual(callsOf(facts), [
    ['a', 'one', { x: 1 }],
    ['b', 'two', { y: 2 }],
  ])
  assert.deepEqual(facts.tools, { called: ['one', 'two'] })
  assert.deepEqual(facts.tool_call_ids, ['a', 'b'])
})

test('calls without numbers, and calls that all have the same, are told by their ids', () => {
  for (const index of [-1, 0]) {
    const facts = read([
      tool({ id: 'a', function: { name: 'one', arguments: '{"x":1}' } }, index),
      tool({ id: 'b', function: { name: 'two', arguments: '{"y"' } }, index),
      tool({ function: { arguments: ':2}' } }, index),
    ])
    assert.deepEqual(callsOf(facts), [
      ['a', 'one', { x: 1 }],
      ['b', 'two', { y: 2 }],
    ])
  }
})

test('an id that is repeated in each piece, or that changes in the middle, is one call', () => {
  for (const second of ['a', 'other']) {
    const facts = read([
      tool({ id: 'a', function: { name: 'one', arguments: '{"x"' } }),
      tool({ id: second, function: { name: '', arguments: ':1}' } }),
    ])
    assert.deepEqual(callsOf(facts), [['a', 'one', { x: 1 }]])
  }
})

test('the old function call, custom tools and arguments as an object are calls, too', () => {
  const facts = read([
    { index: 0, delta: { function_call: { name: 'old', arguments: '{"x"' } } },
    { index: 0, delta: { function_call: { arguments: ':1}' } } },
    tool({ id: 'c', type: 'custom', custom: { name: 'run', input: '7' } }, 1),
    tool({ id: 'd', function: { name: 'whole', arguments: { z: 3 } } }, 2),
  ])
  assert.deepEqual(callsOf(facts), [
    [undefined, 'old', { x: 1 }],
    ['c', 'run', '7'],
    ['d', 'whole', { z: 3 }],
  ])
})

test('all choices are kept, each with its end; the first one says why the model stopped', () => {
  const facts = read([
    { index: 1, delta: { content: 'second' } },
    { index: 0, delta: { content: 'first' } },
    { index: 1, delta: {}, finish_reason: 'length' },
    { index: 0, delta: {}, finish_reason: 'stop' },
  ])
  assert.deepEqual(facts.output, [
    { role: 'assistant', parts: [{ type: 'text', content: 'first' }], finish_reason: 'stop' },
    { role: 'assistant', parts: [{ type: 'text', content: 'second' }], finish_reason: 'length' },
  ])
  assert.equal(facts.finish_reason, 'stop')
})

test('a refusal is one, though the provider says stop', () => {
  const facts = read([
    { index: 0, delta: { refusal: 'I cannot ' } },
    { index: 0, delta: { refusal: 'help.' }, finish_reason: 'stop' },
  ])
  assert.deepEqual(partsOf(facts), [{ type: 'refusal', content: 'I cannot help.' }])
  assert.deepEqual([facts.finish_reason, facts.finish_reason_raw], ['refusal', 'stop'])
})

test('reasoning comes under three names, sources beside the choices or in them', () => {
  const facts = read([
    { index: 0, delta: { reasoning_content: 'a' } },
    { index: 0, delta: { reasoning: 'b' } },
    {
      index: 0,
      delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'c' }] }] },
    },
    { citations: ['https://one.invalid'], choices: [{ index: 0, delta: { content: 'Yes.' } }] },
  ])
  assert.deepEqual(partsOf(facts), [
    { type: 'reasoning', content: 'abc' },
    { type: 'text', content: 'Yes.', citations: ['https://one.invalid'] },
  ])
})

test('counts are those of the last chunk that has them; costs are what the provider says', () => {
  const facts = read([
    { index: 0, delta: { content: 'Yes.' }, finish_reason: 'stop' },
    {
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 2 },
        cost: 0.00014,
      },
    },
  ])
  const { input_tokens, output_tokens, cache_read_tokens, reasoning_tokens, cost_usd } = facts
  assert.deepEqual(
    [input_tokens, output_tokens, cache_read_tokens, reasoning_tokens, cost_usd],
    [10, 5, 4, 2, 0.00014],
  )
  assert.equal(facts.cost_source, 'provider')
})

test('where reasoning is counted apart it is added, so that the output is all that was made', () => {
  const apart = { prompt_tokens: 33, completion_tokens: 10, total_tokens: 43 }
  const perplexity = read([{ choices: [], usage: { ...apart, reasoning_tokens: 500 } }])
  assert.equal(perplexity.output_tokens, 510)
  const total = { prompt_tokens: 12, completion_tokens: 1, total_tokens: 303 }
  const details = { completion_tokens_details: { reasoning_tokens: 290 } }
  assert.equal(read([{ choices: [], usage: { ...total, ...details } }]).output_tokens, 291)
})

test('a stream is complete when the provider says so, or when every choice has ended', () => {
  const reader = readerFor('openai.chat')
  reader.take({ data: '{"choices":[{"index":0,"delta":{"content":"Yes"}}]}' })
  assert.equal(reader.complete, false)
  reader.take({ data: '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}' })
  assert.equal(reader.complete, true)
  const done = readerFor('openai.chat')
  assert.equal(done.take({ data: '[DONE]' }), false)
  assert.equal(done.complete, true)
})

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Recorder } from '@recount/logger/testing'
import OpenAI from 'openai'
import { captureFetch } from '../src/index.ts'
import { calls } from './calls.ts'
import { completion } from './chat-wire.ts'
import { json, loopback } from './loopback.ts'
import { validRecorder } from './scene.ts'

const CALLS = [
  { id: 'call_oslo', type: 'function', function: { name: 'weather', arguments: '{"in":"Oslo"}' } },
  { id: 'call_rome', type: 'function', function: { name: 'weather', arguments: '{"in":"Rome"}' } },
] as const
const QUESTION = { role: 'user' as const, content: 'Where is it warmer?' }
const ASSISTANT = { role: 'assistant' as const, content: null, tool_calls: [...CALLS] }

async function weatherman(t: TestContext): Promise<{ recorded: Recorder; openai: OpenAI }> {
  const server = await loopback(t, ({ body }, response) => {
    const asks = body.messages.length === 1
    const choice = { index: 0, message: ASSISTANT, finish_reason: 'tool_calls' }
    json(response, completion('Rome', asks ? { choices: [choice] } : {}))
  })
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger })
  return { recorded, openai: new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1`, fetch }) }
}

function ask(openai: OpenAI, results: Record<string, string>): Promise<unknown> {
  const tools = Object.entries(results).map(([tool_call_id, content]) => ({
    role: 'tool' as const,
    tool_call_id,
    content,
  }))
  const messages = tools.length === 0 ? [QUESTION] : [QUESTION, ASSISTANT, ...tools]
  return openai.chat.completions.create({ model: 'gpt-4o', messages })
}

const BOTH = { call_oslo: '-4 °C', call_rome: '19 °C' }

test('tools that the application never logs are recorded from the next request, under the call that asked', async (t) => {
  const { recorded, openai } = await weatherman(t)
  await recorded.logger.trace('answer', async () => {
    await ask(openai, {})
    await ask(openai, BOTH)
  })
  const tools = recorded.records('tool_call')
  const [asking] = calls(recorded)
  assert.deepEqual(asking?.tools?.called, ['weather', 'weather'])
  assert.deepEqual(
    tools.map((tool) => [tool.tool, tool.tool_call_id, tool.parent_span_id, tool.inferred]),
    [
      ['weather', 'call_oslo', asking?.span_id, true],
      ['weather', 'call_rome', asking?.span_id, true],
    ],
  )
  assert.deepEqual(
    tools.map(({ span_id }) => [
      recorded.content(span_id, 'tool_arguments'),
      recorded.content(span_id, 'tool_result'),
    ]),
    [
      [{ in: 'Oslo' }, '-4 °C'],
      [{ in: 'Rome' }, '19 °C'],
    ],
  )
})

test('a result that is sent again is recorded once', async (t) => {
  const { recorded, openai } = await weatherman(t)
  await recorded.logger.trace('answer', async () => {
    await ask(openai, {})
    await ask(openai, BOTH)
    await ask(openai, BOTH)
  })
  assert.equal(recorded.records('tool_call').length, 2)
})

for (const place of ['in a trace', 'outside of any'] as const) {
  test(`a tool that the application records itself, ${place}, is left to it`, async (t) => {
    const { recorded, openai } = await weatherman(t)
    const { logger } = recorded
    const story = async (): Promise<void> => {
      await ask(openai, {})
      const tool = { tool: 'weather', tool_call_id: 'call_oslo' }
      await logger.tool(tool, async () => '-4 °C')
      await ask(openai, BOTH)
    }
    await (place === 'in a trace' ? logger.trace('answer', story) : story())
    assert.deepEqual(
      recorded.records('tool_call').map(({ tool_call_id, inferred }) => [tool_call_id, inferred]),
      [
        ['call_oslo', undefined],
        ['call_rome', true],
      ],
    )
  })
}

test('the same tool call id in two traces joins nothing', async (t) => {
  const { recorded, openai } = await weatherman(t)
  const { logger } = recorded
  await logger.trace('one', () => ask(openai, {}))
  await logger.trace('two', () => ask(openai, BOTH))
  assert.equal(recorded.records('tool_call').length, 0)
})

test('a request that goes on from an answer names its call, and says that it is not all the model saw', async (t) => {
  const server = await loopback(t, (_, response, nth) => {
    const content = [{ type: 'output_text', text: 'Yes', annotations: [] }]
    const output = [{ type: 'message', id: `msg_${nth}`, role: 'assistant', content }]
    const usage = { input_tokens: 9, output_tokens: 1, total_tokens: 10 }
    const status = 'completed'
    json(response, { id: `resp_${nth}`, object: 'response', model: 'gpt-5', status, output, usage })
  })
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger })
  const openai = new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1`, fetch })
  const first = await openai.responses.create({ model: 'gpt-5', input: 'Is it so?' })
  const previous_response_id = first.id
  await openai.responses.create({ model: 'gpt-5', input: 'Really?', previous_response_id })
  await openai.responses.create({ model: 'gpt-5', input: 'Now?', previous_response_id: 'resp_old' })
  const [asked, continued, unknown] = calls(recorded)
  assert.deepEqual([asked?.held_state, asked?.continues], [undefined, undefined])
  assert.deepEqual(
    [continued?.held_state, continued?.continues],
    [{ previous_response_id: 'resp_1' }, asked?.span_id],
  )
  assert.deepEqual(
    [unknown?.held_state, unknown?.continues],
    [{ previous_response_id: 'resp_old' }, undefined],
  )
})

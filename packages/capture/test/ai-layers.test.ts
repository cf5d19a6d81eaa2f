import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI as createOpenAI6 } from '@ai-sdk/openai'
import { captureFetch } from '@recount/capture'
import { aiMiddleware, aiTelemetry, subscribeAi } from '@recount/capture/ai'
import { type Recorder, recorder } from '@recount/logger/testing'
import {
  embed as embed6,
  generateText as generate6,
  jsonSchema as schema6,
  stepCountIs as steps6,
  tool as tool6,
  wrapLanguageModel as wrap6,
  wrapEmbeddingModel as wrapEmbedding6,
} from 'ai'
import { generateText, jsonSchema, stepCountIs, streamText, wrapLanguageModel } from 'ai-7'
import { createOpenAI } from 'ai-sdk-openai-4'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())
const apiKey = 'none'
const prompt = 'What is in the fridge?'
const look = { inputSchema: jsonSchema({ type: 'object' }), execute: () => ({ found: 'milk' }) }

function model(name: string, { logger }: Recorder) {
  const fetch = captureFetch({ logger, provider: 'openai' })
  return createOpenAI({ apiKey, baseURL: server.url, fetch }).chat(name)
}

test('a call that fetch, middleware, telemetry and the channel all see is recorded once', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const unsubscribe = subscribeAi({ logger })
  const wrapped = wrapLanguageModel({
    model: model('says', recorded),
    middleware: aiMiddleware({ logger }),
  })
  const telemetry = { integrations: aiTelemetry({ logger }) }
  await generateText({ model: wrapped, prompt, telemetry })
  for await (const _ of streamText({ model: wrapped, prompt, telemetry }).textStream);
  unsubscribe()
  assert.equal(recorded.records('llm_call').length, 2)
  assert.equal(recorded.records('llm_call_started').length, 2)
  assert.deepEqual(
    recorded.records('llm_call').map(({ input_tokens }) => input_tokens),
    [7, 7],
  )
})

test('a tool stands below the call that asked for it, and what it does below the tool', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const inner = { ...look, execute: () => logger.retrieval({ source: 'fridge' }, () => ['milk']) }
  const telemetry = { integrations: aiTelemetry({ logger }) }
  await logger.trace('answer', () =>
    generateText({ model: model('calls', recorded), prompt, tools: { look: inner }, telemetry }),
  )
  const [call] = recorded.records('llm_call')
  const [tool] = recorded.records('tool_call')
  const [retrieval] = recorded.records('retrieval')
  assert.equal(tool?.parent_span_id, call?.span_id)
  assert.equal(retrieval?.parent_span_id, tool?.span_id)
  assert.deepEqual(recorded.content(tool?.span_id ?? '', 'tool_arguments'), { where: 'fridge' })
  assert.deepEqual(recorded.content(tool?.span_id ?? '', 'tool_result'), ['milk'])
})

test('tools that only the channel tells of are recorded with arguments and result', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const unsubscribe = subscribeAi({ logger })
  const asked = createOpenAI({ apiKey, baseURL: server.url }).chat('calls')
  await logger.trace('answer', () => generateText({ model: asked, prompt, tools: { look } }))
  unsubscribe()
  const [tool] = recorded.records('tool_call')
  assert.equal(tool?.parent_span_id, recorded.records('llm_call')[0]?.span_id)
  assert.deepEqual(recorded.content(tool?.span_id ?? '', 'tool_result'), { found: 'milk' })
})

test('version 6 tells of tools; they stand below the call that asked', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const fetch = captureFetch({ logger, provider: 'openai' })
  const asked = createOpenAI6({ apiKey, baseURL: server.url, fetch }).chat('calls')
  const failing = tool6({
    inputSchema: schema6<object>({ type: 'object' }),
    execute: (): Promise<string> => Promise.reject(new Error('The door is stuck')),
  })
  await logger.trace('answer', () =>
    generate6({
      model: asked,
      prompt,
      tools: { look: failing },
      stopWhen: steps6(2),
      experimental_telemetry: { isEnabled: true, integrations: aiTelemetry({ logger }) },
    }),
  )
  const calls = recorded.records('llm_call')
  const tools = recorded.records('tool_call')
  assert.equal(calls.length, 2)
  assert.equal(tools.length, 2)
  assert.equal(tools[0]?.parent_span_id, calls[0]?.span_id)
  assert.equal(tools[0]?.status, 'error')
  assert.match(tools[0]?.error?.message ?? '', /door is stuck/)
})

test('what the application keeps out of telemetry is not recorded, whatever the logger keeps', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const integrations = aiTelemetry({ logger })
  const telemetry = { integrations, recordInputs: false, recordOutputs: false }
  const asked = { model: model('calls', recorded), prompt, tools: { look }, telemetry }
  await generateText({ ...asked, stopWhen: stepCountIs(1) })
  const kept = JSON.stringify(recorded.records('content').map(({ content }) => content))
  assert.doesNotMatch(kept, /fridge|milk/)
  assert.equal(recorded.records('llm_call')[0]?.input_tokens, 7)
})

test('each attempt of the AI SDK is a call, and the last one is all that the application sees', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const middleware = aiMiddleware({ logger })
  const wrapped = wrapLanguageModel({ model: model('busy', recorded), middleware })
  await assert.rejects(() =>
    logger.trace('answer', () => generateText({ model: wrapped, prompt, maxRetries: 1 })),
  )
  const calls = recorded.records('llm_call')
  assert.deepEqual(
    calls.map(({ status, error }) => [status, error?.status]),
    [
      ['error', 429],
      ['error', 429],
    ],
  )
  assert.equal(calls[1]?.retry_of, calls[0]?.span_id)
})

test('a stream that the application stops reading is aborted, with what it said so far', async () => {
  const recorded = recorder()
  const { logger } = recorded
  const middleware = aiMiddleware({ logger })
  const wrapped = wrapLanguageModel({ model: model('says', recorded), middleware })
  const controller = new AbortController()
  const { textStream } = streamText({
    model: wrapped,
    prompt,
    abortSignal: controller.signal,
    onError() {},
  })
  for await (const piece of textStream) {
    assert.equal(piece, 'Mi')
    controller.abort()
    break
  }
  const [call] = recorded.records('llm_call')
  assert.equal(call?.status, 'aborted')
})

test('cached tokens are part of the input, whoever counts them apart', async () => {
  const recorded = recorder()
  const anthropic = createAnthropic({ apiKey, baseURL: `${server.url}/v1` })
  const middleware = aiMiddleware({ logger: recorded.logger })
  await generate6({ model: wrap6({ model: anthropic('cached'), middleware }), prompt })
  const [call] = recorded.records('llm_call')
  assert.equal(call?.provider, 'anthropic')
  assert.equal(call?.input_tokens, 37)
  assert.deepEqual([call?.cache_read_tokens, call?.cache_write_tokens], [20, 10])
})

test('calls of embedding models are recorded with their tokens, and without the vectors', async () => {
  const recorded = recorder()
  const middleware = aiMiddleware({ logger: recorded.logger })
  const plain = createOpenAI6({ apiKey, baseURL: server.url }).embedding('says')
  await embed6({ model: wrapEmbedding6({ model: plain, middleware }), value: prompt })
  const [call] = recorded.records('llm_call')
  assert.equal(call?.operation, 'embeddings')
  assert.equal(call?.input_tokens, 7)
  const output = recorded.content(call?.span_id ?? '', 'output')
  assert.deepEqual(output, [{ role: 'assistant', parts: [{ type: 'embeddings', count: 1 }] }])
})

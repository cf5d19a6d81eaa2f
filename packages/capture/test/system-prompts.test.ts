import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { HumanMessage, SystemMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { captureFetch, createDebug } from '@recount/capture'
import { aiMiddleware, aiTelemetry } from '@recount/capture/ai'
import { langchainHandler } from '@recount/capture/langchain'
import { type Recorder, recorder } from '@recount/logger/testing'
import { generateText as generate6, wrapLanguageModel as wrap6 } from 'ai'
import { generateText as generate7 } from 'ai-7'
import { createOpenAI as createOpenAI4 } from 'ai-sdk-openai-4'
import OpenAI from 'openai'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())

const TOLD = 'you are the house robot'
const ASKED = 'What is in the fridge?'

/** What every way of asking keeps: the instructions in `system`, and nowhere in the input. */
function assertApart(recorded: Recorder): void {
  const [call, ...more] = recorded.records('llm_call')
  assert.equal(more.length, 0)
  const { span_id = '' } = call ?? {}
  assert.match(JSON.stringify(recorded.content(span_id, 'system')), /house robot/)
  const input = JSON.stringify(recorded.content(span_id, 'input'))
  assert.match(input, /fridge/)
  assert.doesNotMatch(input, /house robot/)
}

/** The same under the policy for production with the user's consent: what was asked is kept, the instructions are not. */
function inProduction(): Recorder {
  return recorder({
    content: 'inline',
    environment: 'production',
    policy: { version: 1, extends: 'production' },
  })
}

const chat = (role: string): object => ({
  model: 'm',
  messages: [
    { role, content: TOLD },
    { role: 'user', content: ASKED },
  ],
})
const parts = [{ type: 'text', text: TOLD }]
const WIRE: readonly [string, string, object, provider?: string][] = [
  ['OpenAI chat, system', '/v1/chat/completions', chat('system')],
  ['OpenAI chat, developer', '/v1/chat/completions', chat('developer')],
  [
    'OpenAI chat, parts',
    '/v1/chat/completions',
    {
      model: 'm',
      messages: [
        { role: 'system', content: parts },
        { role: 'user', content: ASKED },
      ],
    },
  ],
  [
    'OpenAI chat, in the middle',
    '/v1/chat/completions',
    {
      model: 'm',
      messages: [
        { role: 'user', content: ASKED },
        { role: 'system', content: TOLD },
      ],
    },
  ],
  [
    'OpenAI responses, instructions',
    '/v1/responses',
    { model: 'm', instructions: TOLD, input: ASKED },
  ],
  [
    'OpenAI responses, items',
    '/v1/responses',
    {
      model: 'm',
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: TOLD }] },
        { role: 'user', content: ASKED },
      ],
    },
  ],
  ['Groq', '/openai/v1/chat/completions', chat('system'), 'groq'],
  ['Mistral', '/v1/chat/completions', chat('system'), 'mistral_ai'],
  [
    'Mistral conversations',
    '/v1/conversations',
    { model: 'm', instructions: TOLD, inputs: ASKED },
    'mistral_ai',
  ],
  ['Ollama chat', '/api/chat', { ...chat('system'), stream: false }, 'ollama'],
  [
    'Ollama generate',
    '/api/generate',
    { model: 'm', system: TOLD, prompt: ASKED, stream: false },
    'ollama',
  ],
  ['Cohere 2', '/v2/chat', chat('system'), 'cohere'],
  ['Cohere 1', '/v1/chat', { model: 'm', preamble: TOLD, message: ASKED }, 'cohere'],
  [
    'Cohere 1, history',
    '/v1/chat',
    { model: 'm', chat_history: [{ role: 'SYSTEM', message: TOLD }], message: ASKED },
    'cohere',
  ],
  [
    'Anthropic',
    '/v1/messages',
    { model: 'm', max_tokens: 1, system: parts, messages: [{ role: 'user', content: ASKED }] },
    'anthropic',
  ],
  [
    'Anthropic, among the messages',
    '/v1/messages',
    { ...chat('system'), max_tokens: 1 },
    'anthropic',
  ],
  [
    'Gemini',
    '/v1beta/models/m:generateContent',
    {
      systemInstruction: { parts: [{ text: TOLD }] },
      contents: [{ role: 'user', parts: [{ text: ASKED }] }],
    },
    'gcp.gemini',
  ],
  [
    'Gemini, snake case',
    '/v1beta/models/m:generateContent',
    { system_instruction: { parts: [{ text: TOLD }] }, contents: [{ parts: [{ text: ASKED }] }] },
    'gcp.gemini',
  ],
  [
    'Bedrock Converse',
    '/model/m/converse',
    { system: [{ text: TOLD }], messages: [{ role: 'user', content: [{ text: ASKED }] }] },
    'aws.bedrock',
  ],
]
for (const [name, path, body, provider = 'openai'] of WIRE) {
  const answered: typeof globalThis.fetch = async () => Response.json({})
  const ask = (recorded: Recorder): Promise<Response> =>
    captureFetch({ logger: recorded.logger, provider, fetch: answered })(
      `http://127.0.0.1${path}`,
      {
        method: 'POST',
        body: JSON.stringify(body),
      },
    )

  test(`instructions are kept apart from what was said: ${name}`, async () => {
    const recorded = recorder()
    await (await ask(recorded)).text()
    assertApart(recorded)
  })

  test(`consent to content keeps no instructions in production: ${name}`, async () => {
    const recorded = inProduction()
    await recorded.logger.trace('t', { consent: ['content'] }, async () =>
      (await ask(recorded)).text(),
    )
    const lines = JSON.stringify(recorded.lines)
    assert.match(lines, /fridge/)
    assert.doesNotMatch(lines, /house robot/)
  })
}

const apiKey = 'none'
const baseURL = server.url
const messages = [
  { role: 'system' as const, content: TOLD },
  { role: 'user' as const, content: ASKED },
]
const WAYS: readonly [string, (recorded: Recorder) => Promise<unknown>][] = [
  [
    'a middleware of the AI SDK',
    ({ logger }) => {
      const model = createOpenAI({ apiKey, baseURL }).chat('says')
      return generate6({
        model: wrap6({ model, middleware: aiMiddleware({ logger }) }),
        system: TOLD,
        prompt: ASKED,
      })
    },
  ],
  [
    'telemetry of the AI SDK 7',
    ({ logger }) =>
      generate7({
        model: createOpenAI4({ apiKey, baseURL }).chat('says'),
        instructions: TOLD,
        prompt: ASKED,
        telemetry: { integrations: aiTelemetry({ logger }) },
      }),
  ],
  [
    'LangChain',
    ({ logger }) =>
      new ChatOpenAI({ model: 'says', apiKey, configuration: { baseURL } }).invoke(
        [new SystemMessage(TOLD), new HumanMessage(ASKED)],
        { callbacks: [langchainHandler({ logger })] },
      ),
  ],
  [
    'createDebug over a client',
    ({ logger }) =>
      createDebug({ logger, client: new OpenAI({ apiKey, baseURL }) }).callLlm({}, messages, {
        model: 'says',
      }),
  ],
  [
    'createDebug over a function',
    ({ logger }) =>
      createDebug({ logger, client: async () => 'milk' }).callLlm({}, messages, { model: 'says' }),
  ],
  [
    'createDebug by hand',
    async ({ logger }) => {
      const debug = createDebug({ logger })
      debug.logResponse(debug.logRequest({}, { model: 'says', messages }), 'milk')
    },
  ],
  [
    'messages of LangChain, recorded by hand',
    async ({ logger }) =>
      logger.llm(
        {
          provider: 'openai',
          model: 'says',
          input: [new SystemMessage(TOLD), new HumanMessage(ASKED)],
        },
        () => 'milk',
      ),
  ],
  [
    'a wrapped function',
    async ({ logger }) =>
      logger.wrap((_request: object) => 'milk', { provider: 'openai', model: 'says' })({
        model: 'says',
        messages,
      }),
  ],
]
for (const [name, ask] of WAYS) {
  test(`instructions are kept apart from what was said: ${name}`, async () => {
    const recorded = recorder()
    await ask(recorded)
    assertApart(recorded)
  })

  test(`consent to content keeps no instructions in production: ${name}`, async () => {
    const recorded = inProduction()
    await recorded.logger.trace('t', { consent: ['content'] }, () => ask(recorded))
    const lines = JSON.stringify(recorded.lines)
    assert.match(lines, /fridge/)
    assert.doesNotMatch(lines, /house robot/)
  })
}

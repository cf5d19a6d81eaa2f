import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { createDebug } from '@recount/capture'
import { recorder } from '@recount/logger/testing'
import OpenAI from 'openai'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())
const apiKey = 'none'
const JOB = { workflow: 'patents', step: 'assess', id: 7, attempt: 2 }
const MESSAGES = [
  { role: 'system', content: 'You are a patent analyst.' },
  { role: 'user', content: 'Assess this patent' },
]

test('callLlm gives the response as the client gave it, and the line that was recorded', async () => {
  const { logger, content } = recorder()
  const answer = { text: 'Fine.', model: 'acme-2026', usage: { input_tokens: 9, output_tokens: 2 } }
  const asked: unknown[] = []
  const client = async (request: object) => {
    asked.push(request)
    return answer
  }
  const debug = createDebug({ logger, client, provider: 'acme' })
  const upstreamContext = { parse: { title: 'A better fridge' } }
  const { response, record } = await debug.callLlm(JOB, MESSAGES, {
    model: 'acme-large',
    temperature: 0,
    upstreamContext,
  })
  assert.equal(response, answer)
  assert.deepEqual(asked, [{ model: 'acme-large', temperature: 0, messages: MESSAGES }])
  const expected = {
    event: 'llm_call',
    workflow: 'patents',
    step: 'assess',
    step_attempt: 2,
    provider: 'acme',
    model: 'acme-large',
    response_model: 'acme-2026',
    status: 'ok',
    input_tokens: 9,
    output_tokens: 2,
  }
  for (const [key, value] of Object.entries(expected))
    assert.equal(record?.[key as keyof typeof record], value, key)
  const kept = (part: Parameters<typeof content>[1]) => content(record?.span_id ?? '', part)
  assert.deepEqual(kept('upstream'), upstreamContext)
  assert.match(JSON.stringify(kept('input')), /Assess this patent/)
  assert.match(JSON.stringify(kept('output')), /Fine\./)
})

test('clients of SDKs are asked in their own way and recorded with the wire text of both directions', async () => {
  for (const [client, textOf] of [
    [
      new OpenAI({ apiKey, baseURL: server.url }),
      (response: OpenAI.ChatCompletion) => response.choices[0]?.message.content,
    ],
    [
      new Anthropic({ apiKey, baseURL: server.url }),
      ({ content: [first] }: Anthropic.Message) => (first?.type === 'text' ? first.text : ''),
    ],
  ] as const) {
    const { logger, content, records } = recorder()
    const debug = createDebug({ logger, client })
    const upstreamContext = { parse: 'done' }
    const options = { model: 'says', upstreamContext }
    const { response, record } = await debug.callLlm(JOB, MESSAGES, options)
    assert.equal(textOf(response as never), 'Milk.')
    assert.equal(record?.input_tokens, 7)
    assert.equal(record?.step, 'assess')
    const span = record?.span_id ?? ''
    assert.match(String(content(span, 'raw_request')), /Assess this patent/)
    assert.match(String(content(span, 'raw_response')), /Milk\./)
    const seen = JSON.stringify([content(span, 'system'), content(span, 'input')])
    assert.match(seen, /patent analyst/)
    assert.deepEqual(content(span, 'upstream'), upstreamContext)
    assert.equal(records('llm_call').length, 1)
  }
})

test('what the client throws is thrown, and recorded', async () => {
  const { logger, records } = recorder()
  const client = { complete: () => Promise.reject(new Error('The model is away')) }
  const debug = createDebug({ logger, client })
  await assert.rejects(
    () => debug.callLlm(JOB, MESSAGES, { model: 'acme-large' }),
    /The model is away/,
  )
  assert.equal(records('llm_call')[0]?.status, 'error')
})

test('calls at the same time get their own records', async () => {
  const { logger } = recorder()
  const client = async ({ model }: { model: string }) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { text: model }
  }
  const debug = createDebug({ logger, client })
  const models = Array.from({ length: 20 }, (_, index) => `acme-${index}`)
  const answers = await Promise.all(models.map((model) => debug.callLlm(JOB, MESSAGES, { model })))
  assert.deepEqual(
    answers.map(({ record }) => record?.model),
    models,
  )
})

test('a request that is sent by hand is recorded before its response, and ends with it or with an error', () => {
  const { logger, records, content } = recorder()
  const debug = createDebug({ logger, provider: 'acme' })
  const request = { model: 'acme-large', messages: MESSAGES, max_tokens: 9 }
  const first = debug.logRequest(JOB, request)
  assert.equal(records('llm_call_started')[0]?.span_id, first.span_id)
  assert.equal(records('llm_call').length, 0)
  debug.logResponse(first, { text: 'Fine.' })
  const second = debug.logRequest(JOB, request)
  debug.logError(second, new Error('away'))
  debug.logResponse(second, 'too late')
  assert.deepEqual(
    records('llm_call').map(({ status, params }) => [status, params?.max_tokens]),
    [
      ['ok', 9],
      ['error', 9],
    ],
  )
  assert.match(JSON.stringify(content(first.span_id, 'output')), /Fine\./)
})

test('what a step received is recorded apart from any prompt', () => {
  const { logger, records, content } = recorder()
  createDebug({ logger }).logUpstreamContext(JOB, { parse: { title: 'A better fridge' } })
  const [step] = records('step')
  assert.equal(step?.step, 'assess')
  assert.equal(step?.workflow, 'patents')
  assert.equal(step?.content?.[0]?.part, 'upstream')
  assert.deepEqual(content(step?.span_id ?? '', 'upstream'), {
    parse: { title: 'A better fridge' },
  })
})

test('content is kept as the call says, else the job, else the workflow, else the option, else the logger', async () => {
  const client = () => 'Fine.'
  const kept = async (
    settings: { enabled?: boolean; workflows?: Record<string, boolean> },
    job: { debug?: boolean },
    call: { debug?: boolean },
  ): Promise<boolean> => {
    const { logger } = recorder({ content: 'off' })
    const debug = createDebug({ logger, client, ...settings })
    const options = { model: 'acme-large', ...call }
    const { record } = await debug.callLlm({ workflow: 'patents', ...job }, MESSAGES, options)
    const has = record?.content !== undefined
    if (call.debug === undefined)
      assert.equal(debug.enabledFor({ workflow: 'patents', ...job }), has)
    return has
  }
  assert.equal(await kept({}, {}, {}), false)
  assert.equal(await kept({ enabled: true }, {}, {}), true)
  assert.equal(await kept({ enabled: true, workflows: { patents: false } }, {}, {}), false)
  assert.equal(await kept({ workflows: { patents: false } }, { debug: true }, {}), true)
  assert.equal(await kept({ enabled: true }, { debug: true }, { debug: false }), false)
  assert.equal(await kept({ enabled: false }, { debug: false }, { debug: true }), true)
  const { logger } = recorder({ content: 'off' })
  assert.equal(createDebug({ logger }).enabled(), false)
  assert.equal(createDebug({ logger, enabled: true }).enabled(), true)
})

test('in production nothing that is asked for is kept', async () => {
  const { logger } = recorder({ env: { NODE_ENV: 'production' } })
  const debug = createDebug({ logger, client: () => 'Fine.', enabled: true })
  const { record } = await debug.callLlm(JOB, MESSAGES, { model: 'acme-large', debug: true })
  assert.equal(record?.status, 'ok')
  assert.equal(record?.content, undefined)
  assert.equal(debug.enabled(), false)
  assert.equal(debug.enabledFor({ ...JOB, debug: true }), false)
})

test('what a credential-like option holds is not recorded', async () => {
  const { logger, lines } = recorder()
  const debug = createDebug({ logger, client: () => 'Fine.' })
  const value = ['s3', 'cret'].join('')
  const headers = { authorization: value }
  await debug.callLlm(JOB, MESSAGES, { model: 'acme-large', api_key: value, headers })
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(value))
})

test('a client that cannot be asked is refused, and so is asking without one', async () => {
  const { logger } = recorder()
  assert.throws(() => createDebug({ logger, client: {} }), { code: 'CAPTURE_CLIENT_UNKNOWN' })
  await assert.rejects(() => createDebug({ logger }).callLlm(JOB, MESSAGES, { model: 'a' }), {
    code: 'CAPTURE_OPTION_INVALID',
  })
  assert.throws(() => createDebug({ logger, enabled: 'yes' as never }), {
    code: 'CAPTURE_OPTION_INVALID',
  })
})

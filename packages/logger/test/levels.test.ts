import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSpanId } from '@recount/record'
import type { LlmCallOptions, LlmResult } from '../src/index.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }
const INFO = 30
const WARNING = 40
const ERROR = 50

const CASES: readonly [
  string,
  number,
  Partial<LlmCallOptions>,
  LlmResult & { status?: 'partial' },
][] = [
  ['a call that went well', INFO, { attempt: 1 }, { finish_reason: 'stop' }],
  ['a retry', WARNING, { attempt: 2 }, {}],
  ['a retry that names the failed attempt', WARNING, { retry_of: newSpanId() }, {}],
  ['a fallback', WARNING, { fallback_of: newSpanId() }, {}],
  ['a window of exactly 80 %', INFO, { context_window: { used: 0.8 } }, {}],
  ['a window over 80 %', WARNING, { context_window: { used: 0.81 } }, {}],
  ['a window over 80 %, known at the end', WARNING, {}, { context_window: { used: 0.9 } }],
  ['an answer that a content filter cut', ERROR, {}, { finish_reason: 'content_filter' }],
  ['an answer that was cut', ERROR, { attempt: 2 }, { status: 'partial' }],
  ['an answer of the full length', INFO, {}, { finish_reason: 'length' }],
]

for (const [name, level, call, result] of CASES) {
  test(`${name} is at level ${level}`, (t) => {
    const { logger, records } = validRecorder(t, { content: 'off' })
    logger.start({ event: 'llm_call', ...CALL, ...call }).end(result)
    assert.equal(records('llm_call')[0]?.level, level)
    assert.equal(records('llm_call_started')[0]?.level, INFO)
  })
}

test('a call is slow beyond `slowMs`, not at it', (t) => {
  const time = { now: 0 }
  const clock = { wall: () => 1_795_000_000_000, monotonic: () => time.now }
  const { logger, records } = validRecorder(t, { content: 'off', clock, slowMs: 100 })
  for (const ms of [100, 100.001]) {
    logger.llm(CALL, () => {
      time.now += ms
    })
  }
  assert.deepEqual(
    records('llm_call').map(({ level }) => level),
    [INFO, WARNING],
  )
})

test('a verdict that failed is a warning, and an error once it has reached the user', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.trace('t', () => {
    logger.validate('x', { parse: JSON.parse })
    logger.finalResponse({ disposition: 'dropped' })
    logger.finalResponse()
    logger.validate('1', { parse: JSON.parse })
    logger.finalResponse()
  })
  assert.deepEqual(
    records('validation').map(({ level }) => level),
    [WARNING, INFO],
  )
  assert.deepEqual(
    records('final_response').map(({ level }) => level),
    [INFO, ERROR, INFO],
  )
})

test('steps are at debug, and failed ones are errors', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.step('good', () => {})
  assert.throws(() => logger.step('bad', () => JSON.parse('')))
  assert.deepEqual(
    [...records('step_started'), ...records('step')].map(({ level }) => level),
    [20, 20, 20, ERROR],
  )
})

test('the first token of a stream is timed by its first piece of answer', async (t) => {
  const time = { now: 0 }
  const clock = { wall: () => 1_795_000_000_000, monotonic: () => time.now }
  const { logger, records } = validRecorder(t, { content: 'off', clock })
  const chunks = [
    { choices: [{ delta: { role: 'assistant', content: '' } }] },
    { choices: [{ delta: { content: 'Hi' } }] },
    { choices: [{ delta: { content: '!' }, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
  ]
  const stream = logger.llm(CALL, async function* () {
    for (const chunk of chunks) {
      time.now += 10
      yield chunk
    }
  })
  for await (const _ of stream);
  const [end] = records('llm_call')
  assert.deepEqual(
    [end?.ttft_ms, end?.duration_ms, end?.finish_reason, end?.input_tokens, end?.output_tokens],
    [20, 40, 'stop', 3, 2],
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LlmCall } from '@recount/record'
import type { Recorder } from '../src/testing.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }

/** The terminal line, when there is a start line and exactly one terminal line of the same span, beside what is told of an error. */
function oneEnding({ records }: Recorder): LlmCall {
  const events = records().map(({ event }) => event)
  assert.deepEqual(
    events.filter((event) => event !== 'error_diagnosed'),
    ['llm_call_started', 'llm_call'],
  )
  const [[start], [end]] = [records('llm_call_started'), records('llm_call')]
  assert.ok(start && end)
  assert.equal(start.span_id, end.span_id)
  return end
}

test('a returned value is the same value, and the call is ok', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const value = Object.freeze({ text: 'yes' })
  assert.equal(
    made.logger.llm(CALL, () => value),
    value,
  )
  assert.equal(oneEnding(made).status, 'ok')
})

test('a resolved value is the same value, and the call is ok', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const value = Object.freeze({ text: 'yes' })
  assert.equal(await made.logger.llm(CALL, async () => value), value)
  assert.equal(oneEnding(made).status, 'ok')
})

for (const [name, thrown, type] of [
  ['an error', new RangeError('too long'), 'RangeError'],
  ['a string', 'no', 'string'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'object'],
] as const) {
  test(`${name} thrown by the callback comes out as it is, and is an error`, (t) => {
    const made = validRecorder(t, { content: 'off' })
    const caught = caughtFrom(() => made.logger.llm(CALL, () => raise(thrown)))
    assert.equal(caught, thrown)
    const end = oneEnding(made)
    assert.deepEqual([end.status, end.error?.type, end.level], ['error', type, 50])
  })

  test(`${name} that a promise is rejected with comes out as it is, and is an error`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const caught = await made.logger.llm(CALL, () => Promise.reject(thrown)).catch(asThrown)
    assert.deepEqual(caught, { thrown })
    const end = oneEnding(made)
    assert.deepEqual([end.status, end.error?.type, end.level], ['error', type, 50])
  })

  test(`${name} thrown in a trace, a step or a tool makes an error of each`, (t) => {
    const { logger, records } = validRecorder(t, { content: 'off' })
    const caught = caughtFrom(() =>
      logger.trace('t', () =>
        logger.step('s', () => logger.tool({ tool: 'x' }, () => raise(thrown))),
      ),
    )
    assert.equal(caught, thrown)
    const ends = records().filter((record) => 'status' in record)
    assert.deepEqual(
      ends.map((record) => [record.event, 'status' in record && record.status, record.level]),
      [
        ['tool_call', 'error', 50],
        ['step', 'error', 50],
        ['step', 'error', 50],
      ],
    )
  })
}

test('a call whose signal aborts was stopped by the caller, which is no error', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const controller = new AbortController()
  const asked = made.logger.llm({ ...CALL, signal: controller.signal }, () =>
    untilAborted(controller.signal),
  )
  controller.abort()
  await assert.rejects(asked, { name: 'AbortError' })
  const end = oneEnding(made)
  assert.deepEqual([end.status, end.level, end.error?.type], ['aborted', 30, 'AbortError'])
})

test('a signal with a reason of its own was aborted all the same', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const controller = new AbortController()
  const { signal } = controller
  const asked = made.logger.llm({ ...CALL, signal }, () => untilAborted(signal))
  const reason = { why: 'the user left' }
  controller.abort(reason)
  assert.deepEqual(await asked.catch(asThrown), { thrown: reason })
  assert.equal(oneEnding(made).status, 'aborted')
})

test('a signal that times out is an error', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const signal = AbortSignal.timeout(1)
  const asked = made.logger.llm({ ...CALL, signal }, () => untilAborted(signal))
  await assert.rejects(asked, { name: 'TimeoutError' })
  const end = oneEnding(made)
  assert.deepEqual([end.status, end.level, end.error?.type], ['error', 50, 'TimeoutError'])
})

test('an AbortError counts where no signal was given', async (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const abort = (): never => raise(new DOMException('stopped', 'AbortError'))
  assert.throws(() => logger.trace('t', () => logger.tool({ tool: 'x' }, abort)))
  assert.deepEqual(
    [...records('tool_call'), ...records('step')].map(({ status, level }) => [status, level]),
    [
      ['aborted', 30],
      ['aborted', 20],
    ],
  )
})

test('by hand, only the first ending counts', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const call = made.logger.start({ event: 'llm_call', ...CALL })
  call.end({ output_tokens: 1 })
  call.end({ output_tokens: 2 })
  call.fail(new Error('late'))
  const end = oneEnding(made)
  assert.deepEqual([end.status, end.output_tokens, end.error], ['ok', 1, undefined])
})

test('by hand, a failure is not taken back', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const call = made.logger.start({ event: 'llm_call', ...CALL })
  call.fail(new Error('broken'))
  call.end({ output_tokens: 2 })
  const end = oneEnding(made)
  assert.deepEqual([end.status, end.output_tokens], ['error', undefined])
})

test('by hand, a tool and a trace have one ending each', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const tool = logger.start({ event: 'tool_call', tool: 'x' })
  tool.fail(new Error('broken'))
  tool.end('late')
  const trace = logger.openTrace('t')
  trace.end('partial')
  trace.end()
  assert.deepEqual(
    [...records('tool_call'), ...records('step')].map(({ status }) => status),
    ['error', 'partial'],
  )
})

test('an ending inside the callback is the ending; what the callback does later changes nothing', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const asked = made.logger.llm(CALL, async (call) => {
    call.end({ status: 'partial', input_tokens: 3 })
    await Promise.resolve()
    throw new Error('afterwards')
  })
  await assert.rejects(asked, /afterwards/)
  const end = oneEnding(made)
  assert.deepEqual([end.status, end.input_tokens], ['partial', 3])
})

test('a failure after the first token is partial', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const call = made.logger.start({ event: 'llm_call', ...CALL })
  call.firstToken()
  call.fail(new Error('cut'))
  const end = oneEnding(made)
  assert.equal(end.status, 'partial')
  assert.equal(typeof end.ttft_ms, 'number')
})

test('an answer that cannot be looked at comes out as it is', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const refuse = (): never => raise(new Error('hands off'))
  const hostile = new Proxy(
    {},
    { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse },
  )
  assert.equal(
    made.logger.llm(CALL, () => hostile),
    hostile,
  )
  assert.equal(oneEnding(made).status, 'ok')
})

test('a silent logger calls the function and writes nothing', async (t) => {
  const { logger, lines } = validRecorder(t, { level: 'silent' })
  const error = new Error('x')
  const nothing = (async function* () {})()
  assert.equal(
    logger.llm(CALL, () => nothing),
    nothing,
  )
  assert.equal(
    logger.tool({ tool: 'x' }, () => nothing),
    nothing,
  )
  assert.equal(
    logger.trace('t', () => logger.step('s', () => nothing)),
    nothing,
  )
  assert.equal(
    logger.retrieval({ source: 'x' }, () => nothing),
    nothing,
  )
  assert.throws(() => logger.llm(CALL, () => raise(error)), error)
  assert.deepEqual(lines, [])
})

function raise(thrown: unknown): never {
  throw thrown
}

function asThrown(thrown: unknown): { thrown: unknown } {
  return { thrown }
}

function caughtFrom(fn: () => unknown): unknown {
  try {
    fn()
  } catch (thrown) {
    return thrown
  }
  assert.fail('nothing was thrown')
}

/** Rejects with the signal's reason, as fetch does. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

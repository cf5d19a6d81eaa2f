import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

test('getters of a reply are not run: they may start work, or make a promise that nobody handles', (t) => {
  const { logger, records } = validRecorder(t)
  class Lazy {
    readonly model = 'acme-large-2026'
    get text(): never {
      throw assert.fail('read')
    }
    get usage(): never {
      throw assert.fail('read')
    }
  }
  const reply = new Lazy()
  assert.equal(
    logger.llm(CALL, () => reply),
    reply,
  )
  assert.equal(records('llm_call')[0]?.response_model, 'acme-large-2026')
})

test('a thenable whose `then` returns nothing, or calls back at once, is awaited as without us', async (t) => {
  const { logger, records } = validRecorder(t)
  const late = {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    then: (resolve: (value: number) => void): void => void setImmediate(() => resolve(5)),
  }
  // biome-ignore lint/suspicious/noThenProperty: what is tested
  const atOnce = { then: (resolve: (value: number) => void): void => resolve(1) }
  assert.equal(await logger.llm(CALL, () => late as unknown as Promise<number>), 5)
  assert.equal(await logger.llm(CALL, () => atOnce as unknown as Promise<number>), 1)
  assert.deepEqual(
    records('llm_call').map(({ status }) => status),
    ['ok', 'ok'],
  )
})

test('a thenable whose `then` throws is an error of the call, thrown to who awaits it', async (t) => {
  const { logger, records } = validRecorder(t)
  const broken = {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    then: (): never => {
      throw new RangeError('broken')
    },
  }
  await assert.rejects(
    async () => logger.llm(CALL, () => broken as unknown as Promise<never>),
    RangeError,
  )
  assert.equal(records('llm_call')[0]?.status, 'error')
})

test('a stream with members of its own comes out as it is', async (t) => {
  const { logger } = validRecorder(t)
  class Tagged extends ReadableStream<string> {}
  const tagged = new Tagged()
  const marked = Object.assign(new ReadableStream(), { requestId: 1 })
  assert.equal(
    logger.llm(CALL, () => tagged),
    tagged,
  )
  assert.equal(
    logger.llm(CALL, () => marked),
    marked,
  )
})

test('a Node stream that has ended already, or fails without a close, still has one terminal line', async (t) => {
  const { logger, records } = validRecorder(t)
  const ended = Readable.from(['a'])
  for await (const _ of ended) {
    // read to the end
  }
  logger.llm(CALL, () => ended)
  const failing = new Readable({ emitClose: false, read() {} })
  failing.on('error', () => {})
  logger.llm(CALL, () => failing)
  failing.destroy(new Error('lost'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    records('llm_call').map(({ status }) => status),
    ['ok', 'error'],
  )
})

test('a `reply` that answers with a promise is no answer, and its rejection ends nothing', async (t) => {
  const { logger, records } = validRecorder(t)
  const reply = async (): Promise<never> => {
    throw new Error('late')
  }
  assert.equal(
    logger.llm({ ...CALL, reply: reply as never }, () => 'answer'),
    'answer',
  )
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(records('llm_call')[0]?.status, 'ok')
})

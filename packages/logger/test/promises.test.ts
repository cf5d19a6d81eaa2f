import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validRecorder } from './helpers.ts'
import { takeWarnings } from './quiet-warnings.ts'

const warnings = takeWarnings()
const CALL = { source: 'handbook' }

/** A rejection that nobody took would end the process by now; node:test fails the test that it belongs to. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

const rejecting = (): Promise<never> => Promise.reject(new Error('nobody waits for this'))

test('a rule that gives a promise has failed, and its rejection does not end the process', async (t) => {
  const { logger, records } = validRecorder(t)
  const rules = { later: rejecting, soon: () => Promise.resolve(true) } as never
  assert.equal(logger.validate(1, { rules }).passed, false)
  await settled()
  assert.deepEqual(
    records('validation').map(({ rule, message }) => [rule, message]),
    [
      ['later', 'The rule returned a promise; await first'],
      ['soon', 'The rule returned a promise; await first'],
    ],
  )
})

test('a parser that gives a promise has failed, and its rejection does not end the process', async (t) => {
  const { logger, records } = validRecorder(t)
  const { passed, value } = logger.validate('1', { parse: rejecting })
  await settled()
  assert.deepEqual([passed, value], [false, undefined])
  assert.equal(records('validation')[0]?.rule, 'parse')
})

test('a verdict that only looks like a promise is not asked for more: it may start work', (t) => {
  const { logger } = validRecorder(t)
  // biome-ignore lint/suspicious/noThenProperty: what such an object does is the test
  const lazy = { then: () => assert.fail('asked') }
  assert.equal(logger.validate(1, { rules: { lazy: (() => lazy) as never } }).passed, false)
  assert.throws(() => logger.validate(1, { schema: () => lazy }), { code: 'LOGGER_SCHEMA_INVALID' })
})

test('a schema that gives a rejected promise is refused, and the rejection does not end the process', async (t) => {
  const { logger } = validRecorder(t)
  assert.throws(() => logger.validate(1, { schema: rejecting }), { code: 'LOGGER_SCHEMA_INVALID' })
  await settled()
})

const NO_LISTS: readonly [string, string, () => unknown][] = [
  ['a promise that rejects', 'a promise', rejecting],
  ['a text', 'string', (): unknown => 'abc'],
  ['nothing', 'undefined', (): unknown => undefined],
]
for (const [name, said, chunks] of NO_LISTS) {
  test(`chunks that are ${name} are none, with a warning`, async (t) => {
    const { logger, records } = validRecorder(t)
    const options = { ...CALL, chunks: chunks as never }
    assert.equal(
      logger.retrieval(options, () => 'found'),
      'found',
    )
    await settled()
    assert.deepEqual(records('retrieval')[0]?.chunks, [])
    assert.ok(
      warnings.some(
        ({ code, message }) =>
          code === 'LOGGER_RECORDING_FAILED' &&
          message.includes(`Expected \`chunks\` to return a list at once, got ${said}`),
      ),
    )
  })
}

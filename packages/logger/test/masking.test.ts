import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const SECRET = 'c4n4ry'.repeat(4)

function failed(error: unknown): () => never {
  return () => {
    throw error
  }
}

test("an error's message, code and causes are masked", (t) => {
  const { logger, lines, records } = validRecorder(t)
  const cause = Object.assign(new Error(`GET https://acme.example/?api_key=${SECRET}`), {
    code: 'E1',
  })
  const error = new TypeError(`401: Authorization: Bearer ${SECRET}`, { cause })
  assert.throws(() => logger.llm(CALL, failed(error)), error)
  assert.doesNotMatch(JSON.stringify(lines), /c4n4ry/)
  assert.deepEqual(records('llm_call')[0]?.error, {
    type: 'TypeError',
    message: '401: Authorization: Bearer [REDACTED]',
    cause: { type: 'Error', code: 'E1', message: 'GET https://acme.example/?api_key=[REDACTED]' },
  })
})

test("an error's message has 1 KB at most, also in UTF-8, and no stack is recorded", (t) => {
  const { logger, lines, records } = validRecorder(t)
  for (const letter of ['x', 'é', '漢', '😀'])
    assert.throws(() => logger.llm(CALL, failed(new Error(letter.repeat(100_000)))))
  for (const { error } of records('llm_call')) {
    const bytes = Buffer.byteLength(error?.message ?? '')
    assert.ok(bytes <= 1024 && bytes > 900, String(bytes))
  }
  assert.doesNotMatch(JSON.stringify(lines), /masking\.test/)
})

test('a credential that stands where a message is cut does not survive the cut', (t) => {
  const { logger, lines } = validRecorder(t)
  for (let before = 990; before < 1030; before++) {
    const message = `${'x '.repeat(before / 2)}password=${SECRET}`
    assert.throws(() => logger.llm(CALL, failed(new Error(message))))
    logger.validate(1, { rules: { rule: () => message } })
  }
  assert.doesNotMatch(JSON.stringify(lines), /c4n4/)
})

test('comments and explanations are masked', (t) => {
  const { logger, lines, records } = validRecorder(t)
  const comment = `my token=${SECRET} does not work`
  logger.userAction({ message_id: 'm', action: 'rated', score: -1, comment })
  logger.evaluation({ message_id: 'm', name: 'safe', evaluator: 'model', explanation: comment })
  assert.doesNotMatch(JSON.stringify(lines), /c4n4ry/)
  assert.equal(records('user_action')[0]?.comment, 'my token=[REDACTED] does not work')
})

test('metadata is flat, masked by key and by text, and falsy values stay', (t) => {
  const { logger, records } = validRecorder(t)
  const metadata = {
    plan: 'pro',
    retries: 0,
    beta: false,
    none: null,
    api_key: SECRET,
    header: `Bearer ${SECRET}`,
    nested: { a: 1 },
    big: 10n,
  } as never
  logger.llm({ ...CALL, metadata }, () => 1)
  assert.deepEqual(records('llm_call')[0]?.metadata, {
    plan: 'pro',
    retries: 0,
    beta: false,
    none: null,
    api_key: '[REDACTED]',
    header: 'Bearer [REDACTED]',
    big: '10',
  })
})

test('metadata has 8 KB at most on any line, inherited or not, in any alphabet, and says when it had more', (t) => {
  const { logger, records } = validRecorder(t)
  const some = (name: string, letter: string): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`${name}${index}`, letter.repeat(200)]),
    )
  logger.trace('outer', { metadata: some('outer', '漢') }, () => {
    logger.step('inner', { metadata: some('inner', '"') }, () => {
      logger.llm({ ...CALL, metadata: { own: 'kept', ...some('own', '\u0001') } }, () => 1)
    })
  })
  const trace = logger.openTrace('by hand')
  for (let time = 0; time < 10; time++) trace.annotate({ [`late${time}`]: 'y'.repeat(3000) })
  trace.end()
  for (const record of records()) {
    const bytes = Buffer.byteLength(JSON.stringify(record.metadata ?? {}))
    assert.ok(bytes <= 8192, `${record.event}: ${bytes}`)
  }
  const call = records('llm_call')[0]?.metadata
  assert.deepEqual([call?.own, call?.['[Too large]']], ['kept', true])
})

test('parameters of any size stay within 64 KB', (t) => {
  const { logger, lines } = validRecorder(t)
  logger.llm({ ...CALL, params: { schema: 'x'.repeat(1_000_000) } }, () => 1)
  logger.llm({ ...CALL, params: { stop: Array(90_000).fill('x') } }, () => 1)
  for (const line of lines) assert.ok(JSON.stringify(line).length < 70_000)
})

test('names are cut at 1,024 characters, and it shows', (t) => {
  const { logger, records } = validRecorder(t)
  logger.llm({ ...CALL, model: 'm'.repeat(100_000), tags: Array(5000).fill('tag') }, () => 1)
  const [call] = records('llm_call')
  assert.deepEqual([call?.model, call?.tags?.length], [`${'m'.repeat(1023)}…`, 1000])
})

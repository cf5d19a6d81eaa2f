import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, LoggerError } from '../src/index.ts'

const destination = { write() {} }

/** What a logger has beyond pino; `trace` is both. */
const RECORDING_METHODS = [
  'step',
  'llm',
  'tool',
  'retrieval',
  'validate',
  'finalResponse',
  'userAction',
  'evaluation',
  'wrap',
  'start',
  'openTrace',
  'captures',
  'traceparent',
]

const BAD: readonly [string, unknown, RegExp][] = [
  [
    'content',
    'everything',
    /`content` to be one of files, inline, off, got `everything` \(string\)/,
  ],
  ['contentBudget', 10, /`contentBudget` to be a number >= 1024, got `10` \(number\)/],
  ['contentBudget', Number.NaN, /`contentBudget`/],
  ['contentFolder', '', /`contentFolder` to be a non-empty string/],
  ['slowMs', 0, /`slowMs` to be a number >= 1, got `0` \(number\)/],
  ['slowMs', '100', /`slowMs` to be a number >= 1, got `100` \(string\)/],
  ['service', 7, /`service` to be a non-empty string, got `7` \(number\)/],
  ['environment', {}, /`environment` to be a non-empty string, got an object/],
  ['release', null, /`release` to be a non-empty string, got null/],
  ['commit', false, /`commit` to be a non-empty string, got `false` \(boolean\)/],
  ['reloadOn', 'SIGUSR2', /`reloadOn` to be one of SIGHUP/],
  ['keyFile', 7, /`keyFile` to be a path or false/],
  ['keyFile', '', /`keyFile` to be a path or false/],
  ['clock', {}, /`clock`/],
  ['mixin', 5, /`mixin` to be a function, got `5` \(number\)/],
  ['env', 'LLM_DEBUG=1', /`env` to be an object/],
  ['policy', '', /`policy` to be the path of a file, a policy or a compiled one, got ``/],
  ['policy', 5, /`policy` to be the path of a file, a policy or a compiled one, got `5`/],
  ['profiles', 'strict', /`profiles` to be an object/],
  ['sinks', [], /`sinks` to be an object/],
  ['sinks', { log: { write() {} } }, /`sinks` to be an object with other names than log/],
  ['sinks', { acme: 5 }, /`sinks.acme` to be a path, an object with `path`, a stream/],
  ['keys', {}, /`keys` to be an object with `current` and `byId`/],
  ['audit', {}, /`audit` to be an object with `append`/],
  ['diagnose', true, /`diagnose` to be false or an object with `rules`, .* got `true`/],
  ['diagnose', { rules: '' }, /`diagnose` to be false or an object with `rules`/],
  ['budgets', 5, /`budgets` to be an object with `limits`/],
  ['slowMS', 5, /got `slowMS`; did you mean `slowMs`\?/],
  ['mixins', () => ({}), /got `mixins`; did you mean `mixin`\?/],
  ['nonsense', 1, /got `nonsense`; remove it/],
]

for (const [name, value, message] of BAD) {
  test(`a bad ${name} is refused by name: ${String(value)}`, () => {
    assert.throws(
      () => createLogger({ destination, env: {}, [name]: value }),
      (error) => {
        assert.ok(error instanceof LoggerError)
        assert.equal(error.code, 'LOGGER_OPTION_INVALID')
        assert.match(error.message, message)
        return true
      },
    )
  })
}

for (const bad of ['', 7, null, {}, [], { paths: 'x' }]) {
  test(`a bad destination is refused by name: ${JSON.stringify(bad)}`, () => {
    assert.throws(() => createLogger({ destination: bad as never, env: {} }), {
      code: 'LOGGER_OPTION_INVALID',
      message: /`destination`/,
    })
  })
}

test('options that are none are refused', () => {
  for (const options of [null, 'logs/app.jsonl', 7]) {
    assert.throws(() => createLogger(options as never), {
      code: 'LOGGER_OPTION_INVALID',
      message: /`options` to be an object/,
    })
  }
})

test('a destination and a transport together are refused', () => {
  assert.throws(() => createLogger({ destination, transport: { target: 'pino/file' }, env: {} }), {
    code: 'LOGGER_OPTION_INVALID',
    message: /`destination` or `transport`, got both/,
  })
})

test("a level of the name of one of Recount's methods is refused", () => {
  for (const name of RECORDING_METHODS) {
    assert.throws(() => createLogger({ destination, env: {}, customLevels: { [name]: 35 } }), {
      code: 'LOGGER_OPTION_INVALID',
      message: new RegExp(`got a level \`${name}\``),
    })
  }
})

test("pino's own complaints come through", () => {
  assert.throws(() => createLogger({ destination, env: {}, level: 'nonsense' }), /nonsense/)
  assert.throws(() => createLogger({ destination, env: {}, redact: 5 as never }), /redact/)
})

test('every option that pino has is taken', () => {
  const logger = createLogger({
    destination,
    env: {},
    safe: true,
    name: 'x',
    level: 'info',
    levelComparison: 'ASC',
    depthLimit: 3,
    edgeLimit: 3,
    crlf: true,
    enabled: true,
    onChild() {},
    redact: ['a.b'],
    messageKey: 'message',
    errorKey: 'error',
    nestedKey: 'payload',
    msgPrefix: 'x',
    timestamp: false,
    base: null,
    browser: {},
  })
  assert.equal(
    logger.trace('t', () => 1),
    1,
  )
})

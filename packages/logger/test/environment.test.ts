import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../src/create-logger.ts'
import { type Environment, readEnvironment } from '../src/environment.ts'
import { runFixture } from './child.ts'
import { filesIn, linesIn, parseLines, temporaryFolder } from './folder.ts'
import { assertValid } from './helpers.ts'
import { takeWarnings } from './quiet-warnings.ts'

const warnings = takeWarnings()

const YES = ['true', 'TRUE', 'True', '1', 'yes', 'Yes', 'on', ' true ']
const NO = ['false', 'FALSE', '0', 'no', 'off', '', '  ']

const FLAGS: readonly [string, (environment: Environment) => unknown][] = [
  ['LLM_DEBUG', ({ debug }) => debug],
  ['LLM_LOG_PROMPTS', ({ logPrompts }) => logPrompts],
  ['LLM_LOG_RESPONSES', ({ logResponses }) => logResponses],
  ['LLM_DEBUG_IN_PRODUCTION', ({ debugInProduction }) => debugInProduction],
  [
    'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
    ({ captureMessageContent }) => captureMessageContent,
  ],
  ['LLM_SAVE_CONVERSATIONS', ({ saveConversations }) => saveConversations === 'conversations'],
]
for (const [name, read] of FLAGS) {
  test(`${name} understands yes and no in every spelling`, () => {
    for (const word of YES) assert.equal(read(readEnvironment({ [name]: word })), true, word)
    for (const word of NO) assert.equal(read(readEnvironment({ [name]: word })), false, word)
    assert.ok(!read(readEnvironment({ [name]: 'perhaps' })))
    assert.ok(!read(readEnvironment({})))
  })
}

test('LLM_SAVE_CONVERSATIONS takes a folder', () => {
  for (const folder of ['saved', './saved', '/var/saved'])
    assert.equal(readEnvironment({ LLM_SAVE_CONVERSATIONS: folder }).saveConversations, folder)
})

test("OpenTelemetry's variable understands its four words", () => {
  const name = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
  for (const word of ['SPAN_ONLY', 'EVENT_ONLY', 'SPAN_AND_EVENT', 'span_only'])
    assert.equal(readEnvironment({ [name]: word }).captureMessageContent, true)
  assert.equal(readEnvironment({ [name]: 'NO_CONTENT' }).captureMessageContent, false)
})

test('OTEL_RESOURCE_ATTRIBUTES is percent-decoded, and what does not parse is left out', () => {
  const attributes =
    'service.name=a%20b,service.version=1.2%2B3,deployment.environment.name=staging,vcs.ref.head.revision=abc,=x,broken,bad=%E0'
  const { service, release, environment, commit } = readEnvironment({
    OTEL_RESOURCE_ATTRIBUTES: attributes,
    NODE_ENV: 'test',
  })
  assert.deepEqual([service, release, environment, commit], ['a b', '1.2+3', 'staging', 'abc'])
  const named = readEnvironment({ OTEL_SERVICE_NAME: 'c', OTEL_RESOURCE_ATTRIBUTES: attributes })
  assert.equal(named.service, 'c')
})

test('LOG_LEVEL takes any case and the names of other libraries', () => {
  const cases = {
    INFO: 'info',
    ' debug ': 'debug',
    Warning: 'warn',
    CRITICAL: 'fatal',
    off: 'silent',
  }
  for (const [given, level] of Object.entries(cases))
    assert.equal(createLogger({ env: { LOG_LEVEL: given } }).level, level)
})

test('a LOG_LEVEL that does not exist is said and does not keep an application from starting', async () => {
  assert.equal(createLogger({ env: { LOG_LEVEL: 'verbose' } }).level, 'info')
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(
    warnings.some(({ code, message }) => code === 'LOGGER_FLAG_IGNORED' && /verbose/.test(message)),
  )
  const custom = createLogger({ env: { LOG_LEVEL: 'verbose' }, customLevels: { verbose: 25 } })
  assert.equal(custom.level as string, 'verbose')
})

test('NO_COLOR beats FORCE_COLOR, and FORCE_COLOR can say no', () => {
  const color = (env: Record<string, string>): boolean => readEnvironment(env).color
  assert.equal(color({ FORCE_COLOR: '1' }), true)
  assert.equal(color({ FORCE_COLOR: '3' }), true)
  assert.equal(color({ FORCE_COLOR: '1', NO_COLOR: '1' }), false)
  assert.equal(color({ FORCE_COLOR: '1', NO_COLOR: '' }), true)
  assert.equal(color({ FORCE_COLOR: '0' }), false)
  assert.equal(color({ FORCE_COLOR: 'false' }), false)
  assert.equal(color({ TERM: 'dumb' }), false)
})

test('where nothing is said, colour is for terminals', (t) => {
  const { isTTY } = process.stdout
  t.after(() => Object.assign(process.stdout, { isTTY }))
  for (const terminal of [true, false]) {
    Object.assign(process.stdout, { isTTY: terminal })
    assert.equal(readEnvironment({}).color, terminal)
    assert.equal(readEnvironment({ TERM: 'dumb' }).color, false)
  }
})

test('importing the package opens no file, makes no folder and writes nothing', async (t) => {
  const folder = temporaryFolder(t)
  const env = {
    LLM_LOG_FILE: 'logs/app.jsonl',
    LLM_DEBUG: '1',
    LLM_SAVE_CONVERSATIONS: 'saved',
    RECOUNT_KEY_FILE: 'recount.key',
  }
  const { stdout, stderr, code } = await runFixture('ready-logger', ['nothing'], folder, env)
  assert.deepEqual([stdout, stderr, code, filesIn(folder)], ['', '', 0, []])
})

test('the ready logger writes valid lines to stdout with no variable at all', async (t) => {
  const folder = temporaryFolder(t)
  const { stdout, stderr, code } = await runFixture('ready-logger', ['record'], folder)
  const lines = parseLines(stdout)
  assertValid(lines)
  assert.equal(lines.filter((line) => line.event === 'llm_call').length, 3)
  assert.deepEqual([stderr, code, filesIn(folder)], ['', 0, []])
})

test('the ready logger follows the variables alone', async (t) => {
  const folder = temporaryFolder(t)
  const { stdout } = await runFixture('ready-logger', ['record'], folder, {
    LLM_LOG_FILE: 'logs/app.jsonl',
    LLM_LOG_PROMPTS: 'yes',
    LOG_LEVEL: 'ERROR',
    OTEL_SERVICE_NAME: 'support',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3',
    NODE_ENV: 'staging',
    RECOUNT_KEY_FILE: 'keys.key',
  })
  assert.equal(stdout, '')
  const lines = linesIn(folder)
  assertValid(lines)
  for (const { service, environment, release } of lines)
    assert.deepEqual([service, environment, release], ['support', 'staging', '1.2.3'])
  assert.ok(filesIn(folder).includes('keys.key'))
  assert.ok(filesIn(folder).some((file) => file.startsWith('logs/content/')))
  // The threshold governs log lines; records are governed by the policy.
  assert.ok(!lines.some((line) => line.msg === 'an ordinary line'))
  assert.ok(lines.some((line) => line.event === 'llm_call' && line.level === 30))
})

test('LOG_LEVEL=silent silences records too', async (t) => {
  const folder = temporaryFolder(t)
  const { stdout } = await runFixture('ready-logger', ['record'], folder, { LOG_LEVEL: 'silent' })
  assert.equal(stdout, '')
})

test('in production a flag opens nothing, and one warning names it', async (t) => {
  const folder = temporaryFolder(t)
  const { stdout, stderr } = await runFixture('ready-logger', ['record'], folder, {
    NODE_ENV: 'production',
    LLM_LOG_PROMPTS: '1',
    LLM_SAVE_CONVERSATIONS: 'saved',
  })
  assert.doesNotMatch(stdout, /weather\?/)
  assert.deepEqual(filesIn(folder), [])
  assert.equal(stderr.match(/RecountWarning/g)?.length, 1)
  assert.match(
    stderr,
    /LLM_LOG_PROMPTS, LLM_SAVE_CONVERSATIONS ignored because NODE_ENV is production/,
  )
})

test('LLM_DEBUG_IN_PRODUCTION opens it, and one warning says what is stored and where', async (t) => {
  const folder = temporaryFolder(t)
  const { stderr } = await runFixture('ready-logger', ['record'], folder, {
    NODE_ENV: 'production',
    LLM_DEBUG_IN_PRODUCTION: '1',
    LLM_LOG_PROMPTS: '1',
    LLM_SAVE_CONVERSATIONS: 'saved',
  })
  assert.equal(stderr.match(/RecountWarning/g)?.length, 1)
  assert.match(
    stderr,
    /LLM_LOG_PROMPTS, LLM_SAVE_CONVERSATIONS will store content .* in logs\/content and saved/,
  )
  const files = filesIn(folder)
  assert.ok(files.some((file) => file.startsWith('logs/content/')))
  assert.ok(files.some((file) => file.startsWith('saved/')))
})

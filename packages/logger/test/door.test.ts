import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger, type LoggerOptions } from '../src/index.ts'
import { PERSONAL, SECRETS } from './canary-values.ts'
import { linesIn, temporaryFolder } from './folder.ts'
import { validRecorder } from './helpers.ts'
import { takeWarnings } from './quiet-warnings.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const KEY = SECRETS.anthropic_key as string
const MAIL = PERSONAL.email as string
const warnings = takeWarnings()
type Policy = Exclude<LoggerOptions['policy'], string | undefined>

test("a child's bindings of tenant and user are what the policy decides by, and are treated as labels", (t) => {
  const policy: Policy = {
    version: 1,
    extends: 'strict',
    defaults: { content: 'text' },
    rules: [{ when: { tenant: 'acme' }, then: { content: 'none' } }],
  }
  const { logger, lines, records } = validRecorder(t, { policy })
  const child = logger.child({ tenant_id: 'acme', user_id: 'user-4711' })
  child.llm({ ...CALL, input: 'content of acme' }, () => 'hi')
  child.trace('t', { tenant_id: 'beta' }, () =>
    child.llm({ ...CALL, input: 'of beta' }, () => 'hi'),
  )
  assert.doesNotMatch(JSON.stringify(lines), /content of acme|user-4711/)
  assert.deepEqual(
    records('llm_call').map(({ tenant_id }) => tenant_id),
    ['acme', 'beta'],
  )
  assert.match(JSON.stringify(records('content')), /of beta/)
})

test('a line never names a label twice', () => {
  const lines: string[] = []
  const logger = createLogger({ destination: { write: (line) => void lines.push(line) }, env: {} })
  const child = logger.child({ tenant_id: 'acme', session_id: 's', workflow: 'w' })
  child.trace('t', { tenant_id: 'beta', session_id: 'x' }, () => child.llm(CALL, () => 'hi'))
  for (const line of lines)
    for (const key of ['tenant_id', 'session_id', 'workflow'])
      assert.equal(line.split(`"${key}":`).length, 2, line)
})

test('values under credential-like keys of ordinary lines are masked, whatever else is on the line', (t) => {
  const { logger, lines } = validRecorder(t)
  for (const key of [
    'jwt',
    'session',
    'csrf',
    'p.w.d',
    'S-E-S-S-I-O-N',
    'client se cret',
    'connectionString',
  ])
    logger.info({ [key]: 'opaque' }, 'x')
  logger.info({ req: { headers: { 'x-internal': 'opaque' } } })
  assert.doesNotMatch(JSON.stringify(lines), /opaque/)
})

test("prefixes of messages, words under the format's own keys and other members of `base` pass the door", (t) => {
  const base = { pid: 1, note: KEY, mail: MAIL }
  const { logger, lines } = validRecorder(t, { base, msgPrefix: `[${KEY} ${MAIL}] ` })
  logger.child({}, { msgPrefix: `${MAIL} ` }).llm({ ...CALL, operation: KEY }, () => 'hi')
  logger.llm({ ...CALL, operation: MAIL, prompt: { name: 'p', digest: KEY } }, () => 'hi')
  logger.info('an ordinary line')
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(`${KEY}|${MAIL}`))
})

test('what digits mean depends on their key, however often they were seen under another', (t) => {
  const { logger, lines } = validRecorder(t)
  logger.trace('5551239999', { tags: ['5551239999'] }, () => {})
  logger.trace('t', { metadata: { phone: '5551239999' } }, () => {})
  const last = lines.at(-1)?.metadata as Record<string, unknown>
  assert.match(String(last.phone), /^<phone-hash-/)
})

test('patterns of a profile hold for bindings and where texts are cut', (t) => {
  const profiles = { personal: { patterns: [{ type: 'badge', pattern: /\bB-\d{6}\b/ }] } }
  const { logger, lines } = validRecorder(t, { profiles })
  logger.child({ badge: 'B-111111' }).llm(CALL, () => 'hi')
  for (let before = 990; before < 1030; before += 2) {
    const message = `${'x '.repeat(before / 2)}B-343434 ${'y '.repeat(600)}`
    assert.throws(() =>
      logger.llm(CALL, () => {
        throw new Error(message)
      }),
    )
  }
  assert.doesNotMatch(JSON.stringify(lines), /B-1|B-3/)
})

test('the tenant of an audit entry passes the door as all of it does', async (t) => {
  const events: object[] = []
  const audit = { append: async (event: object) => ({ seq: events.push(event) }) }
  const { logger } = validRecorder(t, { audit })
  logger.llm({ ...CALL, tenant_id: MAIL }, () => 'hi')
  assert.equal(events.length, 1)
  assert.doesNotMatch(JSON.stringify(events), new RegExp(MAIL))
})

test('a record that passes through pino keeps its numbers, ids and times', () => {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const logger = createLogger({ destination, env: {}, mixin: () => ({ mail: MAIL }) })
  const card = 4_242_424_242_424_242
  for (let count = 0; count < 200; count++)
    logger.start({ event: 'llm_call', ...CALL }).end({ output_tokens: card, input_tokens: card })
  for (const line of lines) {
    assert.match(String(line.span_id), /^[0-9a-f]{16}$/)
    assert.match(String(line.trace_id), /^[0-9a-f]{32}$/)
    assert.match(String(line.mail), /^<email-hash-/)
    if (line.event === 'llm_call')
      assert.deepEqual([line.output_tokens, line.input_tokens], [card, card])
  }
})

test('warnings do not tell what was to be redacted', async () => {
  const audit = { append: async () => Promise.reject(new Error(`no entry for ${MAIL} ${KEY}`)) }
  const logger = createLogger({ destination: { write() {} }, env: { LOG_LEVEL: KEY }, audit })
  logger.llm(
    {
      ...CALL,
      reply: () => {
        throw new Error(MAIL)
      },
    },
    () => 'hi',
  )
  await new Promise(setImmediate)
  assert.ok(warnings.length > 0)
  assert.doesNotMatch(warnings.map(({ message }) => message).join(), new RegExp(`${KEY}|${MAIL}`))
})

test('a sink that the option binds to a tenant stays bound, whatever policy comes', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'acme.jsonl')
  const logger = createLogger({
    destination: { write() {} },
    sinks: { vip: { to: path, tenant: 'acme' } },
    policy: { version: 1 },
    env: {},
  })
  for (const tenant_id of ['beta', 'acme']) logger.llm({ ...CALL, tenant_id }, () => 'hi')
  assert.deepEqual([...new Set(linesIn(folder).map((line) => line.tenant_id))], ['acme'])
})

test('two sinks, or a sink and the log, are never one file', (t) => {
  const path = join(temporaryFolder(t), 'same.jsonl')
  const refused = { code: 'LOGGER_OPTION_INVALID', message: /another file than that of/ }
  const bound = { to: path, tenant: 'acme' }
  assert.throws(() => createLogger({ sinks: { a: path, b: bound }, env: {} }), refused)
  assert.throws(() => createLogger({ destination: path, sinks: { a: bound }, env: {} }), refused)
})

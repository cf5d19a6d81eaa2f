import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ephemeralKey } from '@recount/redact'
import { createLogger, type LoggerOptions } from '../src/index.ts'
import { recorder } from '../src/testing.ts'
import { linesIn, temporaryFolder } from './folder.ts'
import { assertValid, validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const MAIL = 'ada@example.org'
type Policy = Exclude<LoggerOptions['policy'], string | undefined>

test('a policy opens content without anybody asking, part by part, and names the rule', (t) => {
  const policy: Policy = {
    version: 1,
    rules: [
      {
        name: 'acme',
        when: { tenant: 'acme' },
        then: { content: { output: 'text', '*': 'digest' } },
      },
    ],
  }
  const { logger, records } = validRecorder(t, { policy })
  logger.llm({ ...CALL, tenant_id: 'acme', input: 'hello' }, () => 'hi')
  logger.llm({ ...CALL, tenant_id: 'beta', input: 'hello' }, () => 'hi')
  assert.deepEqual(
    records('content').map(({ part, tenant_id }) => [part, tenant_id]),
    [['output', 'acme']],
  )
  const [acme, beta] = records('llm_call')
  assert.deepEqual(
    acme?.content?.map(({ part }) => part),
    ['input', 'output'],
  )
  assert.equal(beta?.content, undefined)
  assert.equal(logger.captures({ tenant_id: 'acme' }).rule, 'acme')
  assert.deepEqual(logger.captures({ tenant_id: 'acme' }).parts, ['output', 'files'])
  assert.equal(logger.captures({ tenant_id: 'beta' }).rule, 'defaults')
})

test('a call, a workflow and a flag can ask for less, never for more, and metadata stays', (t) => {
  const policy: Policy = { version: 1, defaults: { content: { input: 'text' } } }
  for (const content of [false, true, ['output'], []] as const) {
    const { logger, records } = validRecorder(t, { policy })
    logger.llm({ ...CALL, input: 'hello', content: content as never }, () => 'hi')
    const parts = records('content').map(({ part }) => part)
    assert.deepEqual(parts, content === true ? ['input'] : [])
    assert.equal(records('llm_call').length, 1)
  }
})

test('a flag that asks for less than the policy allows gets less', (t) => {
  const policy: Policy = { version: 1, defaults: { content: { input: 'text', output: 'text' } } }
  const env = { LLM_LOG_PROMPTS: '0', LLM_LOG_RESPONSES: '1' }
  const folder = temporaryFolder(t)
  const destination = join(folder, 'app.jsonl')
  const logger = createLogger({ destination, policy, env, keyFile: false })
  logger.llm({ ...CALL, input: 'hello' }, () => 'hi')
  const parts = linesIn(folder).flatMap(({ event, part }) => (event === 'content' ? [part] : []))
  assert.deepEqual(parts, ['output'])
  assert.equal(logger.captures().asked, 'LLM_LOG_RESPONSES')
})

test('what only the ending opens waits for it, and is forgotten where the ending does not open it', (t) => {
  const policy: Policy = {
    version: 1,
    rules: [
      { name: 'failures', when: { status: ['error', 'partial'] }, then: { content: 'text' } },
    ],
  }
  const { logger, lines, records } = validRecorder(t, { policy })
  logger.llm({ ...CALL, input: 'fine' }, () => 'hi')
  assert.throws(() =>
    logger.llm({ ...CALL, input: [{ role: 'user', content: 'bad' }] }, () => {
      throw new Error('no')
    }),
  )
  const [only, ...others] = records('content')
  assert.deepEqual(
    [only?.part, only?.content],
    ['input', [{ role: 'user', parts: [{ type: 'text', content: 'bad' }] }]],
  )
  assert.deepEqual(others, [])
  assert.doesNotMatch(JSON.stringify(lines), /fine/)
  assert.deepEqual(logger.captures().held.slice(0, 2), ['system', 'input'])
})

test('held content is a copy of the moment: the caller may change what it gave', (t) => {
  const policy: Policy = {
    version: 1,
    rules: [{ when: { status: 'error' }, then: { content: 'text' } }],
  }
  const { logger, records } = validRecorder(t, { policy })
  const input = [{ role: 'user', content: 'before' }]
  const call = logger.start({ event: 'llm_call', ...CALL, input })
  input[0] = { role: 'user', content: 'after' }
  call.fail(new Error('no'))
  assert.match(JSON.stringify(records('content')), /before/)
  assert.doesNotMatch(JSON.stringify(records('content')), /after/)
})

test('records below the level of the policy are not written; one whose start line was written is', (t) => {
  const quiet: Policy = { version: 1, defaults: { level: 'warn' } }
  const { logger, lines, records } = validRecorder(t, { policy: quiet })
  logger.trace('t', () => logger.llm(CALL, () => 'hi'))
  assert.deepEqual(
    lines.filter(({ event }) => event !== 'policy_changed'),
    [],
  )
  assert.throws(() =>
    logger.llm(CALL, () => {
      throw new Error('no')
    }),
  )
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['llm_call'],
  )
  assert.equal(records('llm_call')[0]?.status, 'error')
})

test('whoever samples calls says so on each line that is kept, and errors are kept whole', (t) => {
  const policy: Policy = { version: 1, defaults: { sample: { calls: 0.25 } } }
  // Slow calls are kept whole, so none is slow here.
  const clock = { wall: () => 1_795_000_000_000, monotonic: () => 0 }
  const { logger, records } = validRecorder(t, { policy, clock })
  for (let count = 0; count < 400; count++) logger.llm(CALL, () => 'hi')
  const kept = records('llm_call')
  assert.ok(kept.length > 50 && kept.length < 160, String(kept.length))
  assert.ok(kept.every(({ sample_rate }) => sample_rate === 0.25))
  assert.equal(records('llm_call_started').length, kept.length)
  for (let count = 0; count < 50; count++)
    assert.throws(() =>
      logger.llm(CALL, () => {
        throw new Error('no')
      }),
    )
  const errors = records('llm_call').filter(({ status }) => status === 'error')
  assert.equal(errors.length, 50)
  assert.ok(errors.every(({ sample_rate }) => sample_rate === undefined))
})

test('user ids, addresses, places and metadata are kept, treated or dropped as the policy says, on every line', (t) => {
  const { logger, lines } = validRecorder(t, { policy: { version: 1, extends: 'production' } })
  const metadata = { plan: 'pro', ip: '203.0.113.7', country: 'FI', contact: MAIL, seats: 3 }
  const labels = { user_id: 'u-1', tenant_id: 'acme', metadata }
  logger.trace('t', labels, () => logger.info('an ordinary line'))
  logger.trace('t', { ...labels, consent: ['identity', 'location'] }, () => logger.info('known'))
  const [first] = lines.filter(({ msg }) => msg === 'an ordinary line')
  const kept = first?.metadata as Record<string, unknown>
  assert.match(String(first?.user_id), /^<user_id-hash-[0-9a-f]{8}>$/)
  assert.deepEqual(
    [kept.plan, kept.seats, 'ip' in kept, 'country' in kept],
    ['pro', 3, false, false],
  )
  assert.match(String(kept.contact), /^<email-hash-/)
  const steps = lines.filter(({ event }) => event === 'step')
  assert.equal(steps[0]?.user_id, first?.user_id)
  assert.equal(typeof steps[0]?.key_id, 'string')
  assert.equal(steps[1]?.user_id, 'u-1')
  assert.match(JSON.stringify(steps[1]?.metadata), /"country":"FI"/)
})

test('the same person is the same hash within a tenant and another one in another, under the key on the line', () => {
  const key = ephemeralKey()
  const keys = {
    current: (tenant?: string) => (tenant === 'beta' ? ephemeralKey() : key),
    byId: () => key,
  }
  const { logger, records } = recorder({
    policy: { version: 1, defaults: { fields: { user_id: 'treat' } } },
    keys,
  })
  const ids = ['acme', 'acme', 'beta'].map((tenant_id) => {
    logger.llm({ ...CALL, tenant_id, user_id: 'u-1' }, () => 'hi')
    return records('llm_call').at(-1)
  })
  assert.equal(ids[0]?.user_id, ids[1]?.user_id)
  assert.notEqual(ids[0]?.user_id, ids[2]?.user_id)
  assert.equal(ids[0]?.key_id, key.id)
})

test('the profile of a rule decides how content and errors are redacted', (t) => {
  const policy: Policy = {
    version: 1,
    rules: [
      { when: { tenant: 'open' }, then: { redact: 'secrets' } },
      { when: { tenant: 'own' }, then: { redact: 'badges' } },
    ],
    defaults: { content: 'text', redact: 'strict' },
  }
  const profiles = { badges: { patterns: [{ type: 'badge', pattern: /\bB-\d{4}\b/ }] } }
  const { logger, records } = validRecorder(t, { policy, profiles })
  for (const tenant_id of ['open', 'own', 'other'])
    assert.throws(() =>
      logger.llm({ ...CALL, tenant_id, input: `${MAIL} B-1234` }, () => {
        throw new Error(`${MAIL} B-1234`)
      }),
    )
  assert.deepEqual(
    records('llm_call').map(({ error }) => error?.message),
    [`${MAIL} B-1234`, '[REDACTED:email] [REDACTED:badge]', '[REDACTED:email] B-1234'],
  )
  assert.match(JSON.stringify(records('content')[1]), /REDACTED:badge/)
})

test('a policy file is followed: a new one counts at once, an invalid one is refused, each change is a line', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'recount.policy.json')
  const write = (policy: object) => {
    writeFileSync(`${path}.new`, JSON.stringify(policy))
    renameSync(`${path}.new`, path)
  }
  write({ version: 1 })
  const { logger, records, lines } = validRecorder(t, { policy: path })
  t.after(() => logger.policy?.close())
  logger.llm({ ...CALL, input: 'one' }, () => 'hi')
  write({ version: 1, defaults: { content: 'text' } })
  await logger.policy?.reload('ada')
  logger.llm({ ...CALL, input: 'two' }, () => 'hi')
  write({ version: 1, defaults: { content: 'everything' } })
  await assert.rejects(async () => logger.policy?.reload('ada'), { code: 'POLICY_INVALID' })
  logger.llm({ ...CALL, input: 'three' }, () => 'hi')
  assert.doesNotMatch(JSON.stringify(lines), /"one"/)
  assert.match(JSON.stringify(lines), /"two".*"three"/)
  const changes = records('policy_changed')
  assert.deepEqual(
    changes.map(({ actor }) => actor),
    ['start', 'ada'],
  )
  assert.equal(changes[1]?.from, changes[0]?.to)
})

test('a rule with `until` opens content for a tenant and ends by itself', (t) => {
  let now = Date.parse('2026-12-01T14:59:59Z')
  const clock = { wall: () => now, monotonic: () => 0 }
  const policy: Policy = {
    version: 1,
    rules: [
      {
        name: 'debug',
        when: { tenant: 'acme' },
        then: { content: 'text', until: '2026-12-01T15:00:00Z' },
      },
    ],
  }
  const { logger, records } = validRecorder(t, { policy, clock })
  logger.llm({ ...CALL, tenant_id: 'acme', input: 'before' }, () => 'hi')
  now += 1000
  logger.llm({ ...CALL, tenant_id: 'acme', input: 'after' }, () => 'hi')
  assert.match(JSON.stringify(records('content')), /before/)
  assert.doesNotMatch(JSON.stringify(records('content')), /after/)
})

test('10,000 reloads while calls run: every start line has its end, no line is of two policies', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'recount.policy.json')
  writeFileSync(path, '{"version":1}')
  const destination = join(folder, 'app.jsonl')
  const logger = createLogger({ destination, policy: path, env: {}, keyFile: false })
  t.after(() => logger.policy?.close())
  const policies: Policy[] = [
    { version: 1, name: 'a', defaults: { content: 'text', level: 'info' } },
    {
      version: 1,
      name: 'b',
      defaults: { content: 'none', level: 'debug', sample: { calls: 0.5 } },
    },
    { version: 1, name: 'c', defaults: { level: 'silent' } },
  ]
  const work = Array.from({ length: 20 }, async (_, worker) => {
    for (let count = 0; count < 100; count++)
      await logger.llm({ ...CALL, message_id: `${worker}-${count}` }, async () => 'hi')
  })
  for (let count = 0; count < 10_000; count++) {
    logger.policy?.set(policies[count % 3] as never, `turn ${count}`)
    if (count % 100 === 0) await Promise.resolve()
  }
  await Promise.all(work)
  const lines = linesIn(folder)
  assertValid(lines)
  const ends = new Set(
    lines.filter(({ event }) => event === 'llm_call').map(({ span_id }) => span_id),
  )
  for (const { event, span_id } of lines)
    if (event === 'llm_call_started') assert.ok(ends.has(span_id), String(span_id))
  assert.equal(lines.filter(({ event }) => event === 'policy_changed').length, 10_001)
})

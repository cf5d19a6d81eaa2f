import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

/** Clocks that a test moves. */
function clocks(): { wall: () => number; monotonic: () => number; pass(ms: number): void } {
  let now = 1_795_000_000_000
  return {
    wall: () => now,
    monotonic: () => now,
    pass(ms) {
      now += ms
    },
  }
}

function failing(status?: number): () => never {
  return () => {
    throw Object.assign(new Error('no'), status === undefined ? {} : { status })
  }
}

test("a call slower than its model's recent p95 is a warning, once enough calls are known", (t) => {
  const clock = clocks()
  const { logger, records } = validRecorder(t, { clock })
  const timed = (ms: number) => logger.llm(CALL, () => clock.pass(ms))
  timed(5000)
  for (let count = 0; count < 100; count++) timed(100 + (count % 10))
  timed(110)
  timed(900)
  const levels = records('llm_call').map(({ level }) => level)
  assert.equal(levels[0], 30)
  assert.equal(levels.at(-2), 30)
  assert.equal(levels.at(-1), 40)
})

test('when every provider has only failed one line at level fatal says so, and one that an answer came', (t) => {
  const clock = clocks()
  const { logger, lines } = validRecorder(t, { clock })
  const told = () =>
    lines.filter(({ recount }) => recount === undefined).map(({ level, msg }) => [level, msg])
  logger.llm(CALL, () => 'ok')
  clock.pass(400_000)
  for (let count = 0; count < 3; count++) {
    assert.throws(() => logger.llm(CALL, failing(503)))
    assert.throws(() => logger.llm({ ...CALL, provider: 'other' }, failing()))
  }
  assert.deepEqual(told(), [[60, 'all providers are down']])
  logger.llm({ ...CALL, provider: 'other' }, () => 'ok')
  assert.deepEqual(told().at(-1), [30, 'a provider answers again'])
})

test('lines about the process say where it came up, and nothing of the person whose call brought it up', (t) => {
  const clock = clocks()
  const { logger, lines } = validRecorder(t, {
    clock,
    budgets: { limits: [{ name: 'all', per: 'total', window: 'day', limit_usd: 1 }] },
  })
  // None can be part of an id.
  const person = {
    ...{ user_id: 'wanda', tenant_id: 't-9', session_id: 's-1', request_id: 'r-1' },
    ...{ tags: ['vip'], metadata: { plan: 'gold' } },
  }
  const child = logger.child({ user_id: 'wanda', customer: 'wanda' })
  child.trace('answer', person, () => {
    child.start({ event: 'llm_call', ...CALL }).end({ cost_usd: 2 })
    clock.pass(400_000)
    for (let count = 0; count < 3; count++) assert.throws(() => child.llm(CALL, failing(503)))
    child.llm(CALL, () => 'ok')
    child.info('of the application')
  })
  const ordinary = lines.filter(({ recount }) => recount === undefined)
  const [last, ...told] = ordinary.toReversed()
  assert.deepEqual([last?.user_id, last?.session_id], ['wanda', 's-1'])
  assert.deepEqual(
    told.map(({ msg }) => msg),
    ['a provider answers again', 'all providers are down', 'cost budget exceeded'],
  )
  for (const line of told) {
    const { trace_id, span_id } = line
    assert.ok(lines.some((one) => one.event === 'llm_call' && one.span_id === span_id))
    assert.equal(trace_id, last?.trace_id)
    for (const key of [...Object.keys(person), 'customer', 'workflow'])
      assert.equal(line[key], undefined, key)
    assert.doesNotMatch(JSON.stringify(line), /wanda|t-9|s-1|r-1|vip|gold/)
  }
})

test('failures that no later try would mend do not mean that providers are down', (t) => {
  const { logger, lines } = validRecorder(t)
  for (const status of [400, 401, 404]) assert.throws(() => logger.llm(CALL, failing(status)))
  assert.ok(lines.every(({ level }) => level !== 60))
})

test('a budget that is crossed is said once at level fatal and to its callback, by pseudonym where the policy treats users', (t) => {
  const exceeded: unknown[] = []
  const { logger, lines } = validRecorder(t, {
    policy: { version: 1, extends: 'production' },
    budgets: {
      limits: [{ name: 'daily', per: 'user', window: 'day', limit_usd: 1 }],
      onExceeded: (told) => exceeded.push(told.key),
    },
  })
  for (let count = 0; count < 5; count++)
    logger.start({ event: 'llm_call', ...CALL, user_id: 'ada' }).end({ cost_usd: 0.4 })
  const fatal = lines.filter(({ level }) => level === 60)
  assert.equal(fatal.length, 1)
  assert.deepEqual(
    [fatal[0]?.msg, fatal[0]?.budget, fatal[0]?.spent_usd],
    ['cost budget exceeded', 'daily', 1.2],
  )
  assert.match(String(fatal[0]?.key), /^<user_id-hash-/)
  assert.deepEqual(exceeded, [fatal[0]?.key])
})

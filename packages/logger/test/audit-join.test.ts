import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditEvent } from '@recount/record'
import { validRecorder } from './helpers.ts'
import { takeWarnings } from './quiet-warnings.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const warnings = takeWarnings()

function memory(): { events: AuditEvent[]; append(event: AuditEvent): Promise<{ seq: number }> } {
  const events: AuditEvent[] = []
  return { events, append: async (event) => ({ seq: events.push(event) - 1 }) }
}

test('calls, tools, lookups and filters are appended with the ids of their spans and no content', (t) => {
  const audit = memory()
  const { logger, records } = validRecorder(t, { audit, service: 'support' })
  logger.trace('t', { tenant_id: 'acme', user_id: 'u-1' }, () => {
    logger.retrieval({ source: 'handbook', query: 'secret question' }, () => [])
    logger
      .start({ event: 'llm_call', ...CALL, input: 'secret prompt' })
      .end({ output: 'secret', input_tokens: 4, cost_usd: 0.000_002 })
    logger.start({ event: 'llm_call', ...CALL }).end({ finish_reason: 'content_filter' })
    assert.throws(() =>
      logger.tool({ tool: 'look_up' }, () => {
        throw new Error('secret')
      }),
    )
  })
  logger.llm(CALL, () => 'hi')
  assert.deepEqual(
    audit.events.map(({ action, outcome, target }) => [action, outcome, target.id]),
    [
      ['data_access', 'success', 'handbook'],
      ['completion', 'success', 'acme-large'],
      ['content_filter', 'success', 'acme-large'],
      ['tool_call', 'failure', 'look_up'],
      ['completion', 'success', 'acme-large'],
    ],
  )
  const [, call, , , outside] = audit.events
  assert.deepEqual([call?.tenant, call?.actor], ['acme', { type: 'user', id: 'u-1' }])
  assert.deepEqual(outside?.actor, { type: 'service', id: 'support' })
  assert.deepEqual(call?.llm, {
    provider: 'acme',
    model: 'acme-large',
    input_tokens: 4,
    cost_nusd: 2000,
  })
  assert.equal(call?.trace?.span_id, records('llm_call')[0]?.span_id)
  assert.doesNotMatch(JSON.stringify(audit.events), /secret/)
})

test('what the policy does not keep is proven all the same, under the pseudonym that it lets out', (t) => {
  const audit = memory()
  const policy = { version: 1, extends: 'production', defaults: { level: 'silent' } } as const
  const { logger, records } = validRecorder(t, { audit, policy })
  logger.llm({ ...CALL, user_id: 'u-1' }, () => 'hi')
  assert.deepEqual(records('llm_call'), [])
  assert.match(audit.events[0]?.actor.id ?? '', /^<user_id-hash-/)
})

test('an audit log that cannot be written harms no call: it is a warning, and one line at level fatal until it works', async (t) => {
  let broken = true
  const append = (): Promise<{ seq: number }> =>
    broken ? Promise.reject(new Error('disk full')) : Promise.resolve({ seq: 1 })
  const { logger, lines } = validRecorder(t, { audit: { append } })
  const fatal = () => lines.filter(({ level }) => level === 60).length
  for (let count = 0; count < 3; count++)
    assert.equal(
      logger.llm(CALL, () => 'hi'),
      'hi',
    )
  await new Promise(setImmediate)
  assert.equal(fatal(), 1)
  broken = false
  logger.llm(CALL, () => 'hi')
  await new Promise(setImmediate)
  broken = true
  logger.llm(CALL, () => 'hi')
  await new Promise(setImmediate)
  assert.equal(fatal(), 2)
  assert.ok(warnings.every((warning) => warning.code === 'LOGGER_AUDIT_FAILED'))
})

test('an audit log that throws at once, or answers no promise, harms no call', (t) => {
  for (const append of [
    () => {
      throw new Error('no')
    },
    () => undefined,
  ]) {
    const { logger } = validRecorder(t, { audit: { append } as never })
    assert.equal(
      logger.llm(CALL, () => 'hi'),
      'hi',
    )
  }
})

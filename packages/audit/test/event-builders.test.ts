import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  AUDIT_ACTIONS,
  type AuditEvent,
  completionEvent,
  configChangeEvent,
  contentFilterEvent,
  dataAccessEvent,
  humanReviewEvent,
  moderationEvent,
  openAudit,
  queryEvent,
  toolCallEvent,
} from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { folder, ORIGIN, optionsIn } from './log-setup.ts'

const PRIVATE = 'the private words'
const who = {
  user_id: 'u1',
  tenant: 'acme',
  ip_address: '192.0.2.1',
  user_agent: 'Agent/1',
} as const

const events: readonly AuditEvent[] = [
  queryEvent({ ...who, model: 'acme-large', query: PRIVATE }),
  completionEvent({ ...who, model: 'acme-large', response: PRIVATE, finish_reason: 'stop' }),
  moderationEvent({ ...who, moderator: 'acme-moderation', content: PRIVATE, flagged: false }),
  contentFilterEvent({
    ...who,
    content: PRIVATE,
    filter_result: { hate: 12, safe: true },
    action_taken: 'blocked',
    outcome: 'denied',
  }),
  dataAccessEvent({ ...who, data_source: 'handbook', query: PRIVATE, records_accessed: 3 }),
  configChangeEvent({
    actor: { type: 'user', id: 'admin' },
    setting: 'policy',
    before: 'a',
    after: 'b',
  }),
  toolCallEvent({ ...who, tool: 'get_weather', arguments: PRIVATE, result: PRIVATE }),
  humanReviewEvent({ ...who, reviewed: 'message-17', decision: 'accepted', comment: PRIVATE }),
]

test('there is a helper for each action, its events are valid, and no text of theirs enters the folder', async (t) => {
  assert.deepEqual(
    events.map(({ action }) => action),
    [...AUDIT_ACTIONS],
  )
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  for (const event of events) await audit.append(event)
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN).slice(2, -1)
  assert.equal(entries.length, events.length)
  assert.deepEqual(entries[0]?.details, { query_length: PRIVATE.length })
  assert.deepEqual(entries[4]?.details, {
    data_source: 'handbook',
    query_length: PRIVATE.length,
    records_accessed: 3,
  })
  const files = readdirSync(options.dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(options.dir, name))
    .filter((file) => statSync(file).isFile())
  for (const file of files) {
    const bytes = readFileSync(file, 'latin1')
    for (const word of [PRIVATE, '192.0.2.1', 'Agent/1']) assert.ok(!bytes.includes(word), file)
  }
  await assertNoAlarm(options.dir)
})

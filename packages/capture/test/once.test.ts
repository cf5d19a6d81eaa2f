import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recorder } from '@recount/logger/testing'
import { announce, callAbove, recordedAbove } from '../src/once.ts'
import { ASK, completion } from './chat-wire.ts'
import { json } from './loopback.ts'
import { scene } from './scene.ts'

const { logger } = recorder()
const call = logger.start({ event: 'llm_call', provider: 'acme', model: 'acme-large' })
const input = [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }]

test('inside of a recorded call the same model is that call, another model is not', async () => {
  await recordedAbove({ call, model: 'acme/acme-large' }, async () => {
    await Promise.resolve()
    assert.equal(callAbove({ model: 'acme-large' }), call)
    assert.equal(callAbove({ model: 'acme-small' }), undefined)
  })
  assert.equal(callAbove({ model: 'acme-large' }), undefined)
})

test('an announced call is known by model and last message, until it is withdrawn', () => {
  const withdraw = announce({ call, model: 'acme-large', input })
  assert.equal(callAbove({ model: 'acme-large', input }), call)
  assert.equal(callAbove({ model: 'acme-large', input: 'hello' }), call)
  assert.equal(callAbove({ model: 'acme-large', input: 'goodbye' }), undefined)
  assert.equal(callAbove({ model: 'acme-small', input }), undefined)
  assert.equal(callAbove({ model: 'acme-large' }), undefined)
  withdraw()
  assert.equal(callAbove({ model: 'acme-large', input }), undefined)
})

test('a message that is no text is no reason to take two calls for one', () => {
  const picture = [{ role: 'user', parts: [{ type: 'blob' }] }]
  const withdraw = announce({ call, model: 'acme-large', input: picture })
  assert.equal(callAbove({ model: 'acme-large', input: picture }), undefined)
  withdraw()
})

test('log.llm around a captured call is a record of its own, with the captured one below it', async (t) => {
  const { recorded, ask } = await scene(t, (_, response) => json(response, completion('Milk')))
  const body = JSON.stringify(ASK)
  const model = ASK.model
  await recorded.logger.llm({ provider: 'openai', model }, async () => (await ask({ body })).json())
  const [inner, outer, ...more] = recorded.records('llm_call')
  assert.equal(more.length, 0)
  assert.equal(inner?.parent_span_id, outer?.span_id)
  assert.deepEqual([inner?.input_tokens, outer?.input_tokens], [12, 12])
})

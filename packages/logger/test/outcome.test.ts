import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from '../src/create-logger.ts'
import { runFixture } from './child.ts'
import { linesIn, temporaryFolder } from './folder.ts'
import { assertValid, validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

test('a user acts hours later, in another process: the message id joins it to the call', async (t) => {
  const folder = temporaryFolder(t)
  const log = createLogger({ destination: join(folder, 'app.jsonl'), env: {} })
  log.llm({ ...CALL, message_id: 'message-7' }, () => 'answer')
  const later = join(folder, 'feedback.jsonl')
  const { code } = await runFixture('act-later', ['message-7', later], folder)
  assert.equal(code, 0)
  const lines = linesIn(folder)
  assertValid(lines)
  const action = lines.find((line) => line.event === 'user_action')
  const call = lines.find((line) => line.event === 'llm_call')
  assert.equal(action?.message_id, call?.message_id)
  assert.deepEqual(
    [action?.action, action?.edit_distance, action?.user_id, action?.name],
    ['edited', 0.5, 'u1', 'feedback'],
  )
  assert.equal(action?.trace_id, undefined)
})

test('an evaluation has one key `name`, and it is its own, whatever the logger and its children are called', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  const log = createLogger({ name: 'sup"port', destination: path, env: {}, mixin: () => ({}) })
  const plain = createLogger({ name: 'sup"port', destination: path, env: {} })
  for (const logger of [log, plain, plain.child({ name: 'child', user: { name: 'Ada' } })])
    logger.evaluation({ message_id: 'm', name: 'helpful', score: 0, evaluator: 'code' })
  plain.evaluation({ name: 'helpful', label: null, score: null, evaluator: 'human' })
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  for (const line of lines) {
    const own = line.replace('{"name":"Ada"}', '{}')
    assert.equal(own.match(/"name":/g)?.length, 1, line)
    assert.equal((JSON.parse(line) as { name: unknown }).name, 'helpful')
  }
  assert.match(lines[2] ?? '', /"user":\{"name":"Ada"\}/)
  assertValid(linesIn(folder))
})

test('inside a trace an action without ids is about the last call; with an id it is about that alone', (t) => {
  const { logger, records } = validRecorder(t)
  logger.trace('ask', { session_id: 's1' }, () => {
    const span_id = logger.llm(CALL, (call) => call.span_id)
    logger.userAction({ action: 'accepted' })
    logger.userAction({ action: 'retried', message_id: 'm1' })
    const [here, other] = records('user_action')
    assert.deepEqual([here?.span_id, here?.session_id], [span_id, 's1'])
    assert.deepEqual([other?.span_id, other?.trace_id], [undefined, undefined])
  })
})

test('ids that an action names beat those of the place it is called from, one key each', (t) => {
  const { logger, lines } = validRecorder(t)
  logger.trace('ask', { user_id: 'here' }, () => {
    logger.userAction({ action: 'accepted', user_id: 'named', tenant_id: 't1' })
  })
  const line = lines.find(({ event }) => event === 'user_action')
  assert.deepEqual([line?.user_id, line?.tenant_id], ['named', 't1'])
})

test('an edited text is content: kept where it is open, named by digest on the line', (t) => {
  const { logger, records } = validRecorder(t)
  const trace_id = 'a'.repeat(32)
  logger.userAction({ trace_id, action: 'edited', user_edit: 'better' })
  logger.userAction({ trace_id, action: 'edited', user_edit: 'better', content: false })
  const [kept, closed] = records('user_action')
  const [content, ...others] = records('content')
  assert.deepEqual(others, [])
  assert.deepEqual(
    [content?.part, content?.trace_id, content?.content],
    ['user_edit', trace_id, 'better'],
  )
  assert.deepEqual([kept?.content?.[0]?.digest, closed?.content], [content?.digest, undefined])
})

test('an id that is none is left out, and the line stays valid', (t) => {
  const { logger, records } = validRecorder(t)
  logger.userAction({ trace_id: 'x', span_id: '5', action: 'rated', score: 1, message_id: 'm' })
  const [line] = records('user_action')
  assert.deepEqual([line?.trace_id, line?.span_id, line?.message_id], [undefined, undefined, 'm'])
})

test('a final response has the latency of each kind over the whole trace', (t) => {
  let now = 0
  const clock = { wall: () => 1_800_000_000_000 + now, monotonic: () => now }
  const { logger, records } = validRecorder(t, { clock })
  const lasting = (ms: number) => (): string => {
    now += ms
    return 'done'
  }
  logger.trace('ask', () => {
    logger.retrieval({ source: 'handbook' }, lasting(100))
    logger.llm(CALL, lasting(300))
    logger.step('more', () => {
      logger.llm(CALL, (call) => {
        now += 20
        call.firstToken()
        return lasting(30)()
      })
      logger.tool({ tool: 'search' }, lasting(7))
    })
    now += 3
    logger.finalResponse({ message_id: 'm1' })
  })
  const [line] = records('final_response')
  const expected = { total: 460, retrieval: 100, llm: 350, tools: 7, ttft: 20 }
  assert.deepEqual(
    [line?.latency_ms, line?.disposition, line?.message_id],
    [expected, 'shown', 'm1'],
  )
})

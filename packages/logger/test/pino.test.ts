import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { pino } from 'pino'
import { createLogger, type Logger } from '../src/index.ts'
import { linesOf, temporaryFolder } from './destination-files.ts'
import { assertValid, validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }

test('levels filter lines, and isLevelEnabled says so', (t) => {
  const { logger, lines } = validRecorder(t, { level: 'warn' })
  logger.info('no')
  logger.warn('yes')
  assert.deepEqual(
    ['info', 'warn'].map((level) => logger.isLevelEnabled(level)),
    [false, true],
  )
  logger.level = 'info'
  logger.info('now')
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['yes', 'now'],
  )
})

test('level-change is told', (t) => {
  const { logger } = validRecorder(t, { level: 'info' })
  const changes: unknown[][] = []
  logger.on('level-change', (...change) => changes.push(change.slice(0, 4)))
  logger.level = 'error'
  assert.deepEqual(changes, [['error', 50, 'info', 30]])
})

test("pino's trace level logs, where it is enabled, beside traces", (t) => {
  const { logger, lines } = validRecorder(t, { level: 'trace', content: 'off' })
  logger.trace('a %s', 'b')
  logger.trace({ mine: 1 }, 'object')
  logger.trace(new Error('x'))
  logger.level = 'info'
  logger.trace('not now')
  assert.deepEqual(
    lines.map(({ level, msg, mine }) => [level, msg, mine]),
    [
      [10, 'a b', undefined],
      [10, 'object', 1],
      [10, 'x', undefined],
    ],
  )
})

test('traces are recorded whatever became of the level, of children too', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.level = 'error'
  const child = logger.child({ component: 'x' }, { level: 'fatal' })
  assert.equal(
    logger.trace('a', () => 1),
    1,
  )
  assert.equal(
    child.trace('b', { user_id: 'u' }, () => 2),
    2,
  )
  child.level = 'trace'
  assert.equal(
    child.child({}).trace('c', () => 3),
    3,
  )
  assert.deepEqual(
    records('step').map(({ workflow }) => workflow),
    ['a', 'b', 'c'],
  )
})

test('children, bindings, setBindings and serializers work', (t) => {
  const { logger, lines } = validRecorder(t, {
    content: 'off',
    serializers: { note: () => 'hidden' },
  })
  const child: Logger = logger.child({ component: 'search', note: 1 })
  child.setBindings({ shard: 7 })
  child.info({ note: 2 }, 'line')
  child.llm(CALL, () => {})
  for (const { component, note, shard } of lines)
    assert.deepEqual([component, note, shard], ['search', 'hidden', 7])
  assert.deepEqual(child.bindings(), { component: 'search', note: 'hidden', shard: 7 })
})

test('errors and printf arguments are formatted as pino does', (t) => {
  const { logger, lines } = validRecorder(t)
  const error = new RangeError('too long', { cause: new Error('why') })
  logger.error(error)
  logger.error({ err: error }, 'told')
  logger.info('%s is %d, %j %o %%', 'x', 4.5, { a: 1 }, [2])
  const [bare, told, formatted] = lines as {
    err?: { type?: string; stack?: string }
    msg?: string
  }[]
  assert.deepEqual([bare?.err?.type, bare?.msg, told?.msg], ['RangeError', 'too long', 'told'])
  assert.match(told?.err?.stack ?? '', /caused by: Error: why/)
  assert.equal(formatted?.msg, 'x is 4.5, {"a":1} [2] %')
})

test('custom levels are methods, on children too', () => {
  const lines: { level?: number }[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const audited = createLogger({ destination, env: {}, customLevels: { audit: 35 } })
  audited.audit('seen')
  audited.child({}).audit('again')
  audited.child({}, { customLevels: { loud: 70 } }).loud('louder')
  audited.llm(CALL, () => {})
  assert.deepEqual(
    lines.map(({ level }) => level),
    [35, 35, 70, 30, 30],
  )
})

test('onChild is told of children, which record', (t) => {
  const children: unknown[] = []
  const { logger, records } = validRecorder(t, {
    content: 'off',
    onChild: (child) => void children.push(child),
  })
  const child = logger.child({})
  child.llm(CALL, () => {})
  assert.deepEqual([children.length, children[0] === child, records().length], [1, true, 2])
})

test('flush calls back, with and without anything to flush', async (t) => {
  const { logger } = validRecorder(t)
  await new Promise<void>((resolve) => logger.flush(() => resolve()))
  const path = join(temporaryFolder(t), 'app.jsonl')
  const destination = pino.destination({ dest: path, sync: false, minLength: 4096 })
  const waiting = createLogger({ destination, env: {} })
  waiting.llm(CALL, () => {})
  await new Promise((resolve) => destination.once('ready', resolve))
  await new Promise((resolve) => waiting.flush(resolve))
  assert.equal(linesOf(path).length, 2)
})

test("pino's own destination takes lines and records in order", (t) => {
  const path = join(temporaryFolder(t), 'app.jsonl')
  const logger = createLogger({
    destination: pino.destination({ dest: path, sync: true }),
    env: {},
  })
  logger.info('before')
  logger.llm(CALL, () => logger.info('inside'))
  logger.info('after')
  const lines = linesOf(path).map((line) => JSON.parse(line) as Record<string, unknown>)
  assertValid(lines)
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['before', 'llm_call_started', 'inside', 'llm_call', 'after'],
  )
  assert.equal(lines[2]?.span_id, lines[1]?.span_id)
})

test('a Node stream is a destination', () => {
  let text = ''
  const destination = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  createLogger({ destination, env: {} }).llm(CALL, () => {})
  assert.equal(text.trimEnd().split('\n').length, 2)
})

test('a destination that throws loses the record, not the caller', async () => {
  const destination = {
    write() {
      throw new Error('full')
    },
  }
  const logger = createLogger({ destination, env: {} })
  assert.equal(
    logger.trace('t', () => logger.llm(CALL, () => 'answer')),
    'answer',
  )
})

test('a transport takes records', async (t) => {
  const path = join(temporaryFolder(t), 'app.jsonl')
  const transport = pino.transport({ target: 'pino/file', options: { destination: path } })
  const logger = createLogger({ destination: transport, env: {} })
  logger.llm(CALL, () => {})
  // pino lets go of its worker; a timer keeps the process here until it has written.
  const held = setInterval(() => {}, 1000)
  await new Promise((resolve) => {
    transport.on('close', resolve)
    transport.end()
  })
  clearInterval(held)
  assertValid(linesOf(path).map((line) => JSON.parse(line) as Record<string, unknown>))
  assert.equal(linesOf(path).length, 2)
})

test('who we are is on every line: process, service, release, as options and environment say', (t) => {
  const { logger, lines } = validRecorder(t, {
    content: 'off',
    name: 'app',
    release: '1.2.3',
    env: { OTEL_SERVICE_NAME: 'helpdesk', NODE_ENV: 'test' },
  })
  logger.info('plain')
  logger.llm(CALL, () => {})
  for (const { pid, name, service, release, environment, commit } of lines)
    assert.deepEqual(
      [pid, name, service, release, environment, commit],
      [process.pid, 'app', 'helpdesk', '1.2.3', 'test', undefined],
    )
})

test('a base of undefined or null, or one of your own, takes the place of pid and hostname', (t) => {
  for (const [base, expected] of [
    [undefined, { level: 30, time: 1, service: 's' }],
    [null, { level: 30, time: 1 }],
    [{ app: 'x' }, { level: 30, time: 1, app: 'x', service: 's' }],
  ] as const) {
    const timestamp = (): string => ',"time":1'
    const { logger, lines } = validRecorder(t, { base, service: 's', timestamp } as object)
    logger.info({})
    assert.deepEqual(lines, [expected])
  }
})

test('types: a trace gives what its function gives, a level line nothing', async (t) => {
  const { logger } = validRecorder(t)
  const number: number = logger.trace('t', () => 5)
  const bound: Promise<string> = logger.trace('t', { user_id: 'u' }, async () => 'x')
  logger.trace({ a: 1 }, 'line')
  assert.equal(number, 5)
  assert.equal(await bound, 'x')
})

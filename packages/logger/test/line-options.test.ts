import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { createLogger, type Logger } from '../src/index.ts'
import type { LoggerOptions } from '../src/options.ts'
import { linesIn, linesOf as linesOfFile, temporaryFolder } from './destination-files.ts'
import { assertValid } from './helpers.ts'
import { STILL } from './line-stories.ts'

type Line = Record<string, unknown>

const CALL = { provider: 'acme', model: 'large' }

/** The lines of a trace with one call and one failed call, told to a logger with these options. */
function tell(options: LoggerOptions, story: (logger: Logger) => void = twoCalls): Line[] {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  story(createLogger({ ...STILL, ...options, destination }))
  return lines
}

function twoCalls(logger: Logger): void {
  logger.trace('t', { user_id: 'ada', metadata: { plan: 'pro', note: 'n' } }, () => {
    logger.start({ event: 'llm_call', ...CALL, input: 'q' }).end({ output: 'a' })
    logger.start({ event: 'llm_call', ...CALL }).fail(new RangeError('refused'))
  })
}

test('a serializer of a record key is applied to records, and to the bindings of children', () => {
  const lines = tell({ content: 'inline', serializers: { user_id: (id) => `user-${id}` } })
  assert.ok(lines.length > 0)
  for (const { user_id } of lines) assert.equal(user_id, 'user-ada')
  assertValid(lines)
})

test('content lines in files of their own are written through the same options', (t) => {
  const folder = temporaryFolder(t)
  const options: LoggerOptions = {
    content: 'files',
    contentFolder: folder,
    serializers: { user_id: (id) => `user-${id}` },
    redact: ['content[0].parts[0].content'],
  }
  tell(options)
  const lines = linesIn(folder).map((line) => JSON.parse(line) as Line)
  assert.ok(lines.length > 0)
  for (const { user_id, content } of lines) {
    assert.equal(user_id, 'user-ada')
    assert.match(JSON.stringify(content), /\[Redacted\]/)
  }
  assertValid(lines)
})

test('redact paths hold for records', () => {
  const lines = tell({ content: 'off', redact: ['metadata.note', 'error.message', 'user_id'] })
  for (const { metadata, user_id } of lines) {
    assert.deepEqual(metadata, { plan: 'pro', note: '[Redacted]' })
    assert.equal(user_id, '[Redacted]')
  }
  const failed = lines.find(({ status }) => status === 'error')
  assert.deepEqual(failed?.error, { type: 'RangeError', message: '[Redacted]' })
  assertValid(lines)
})

test('a mixin adds to records and cannot change what they say', () => {
  const shared = Object.freeze({ region: 'eu', event: 'forged' })
  const lines = tell({ content: 'off', mixin: () => shared })
  for (const { region, event } of lines) {
    assert.equal(region, 'eu')
    assert.notEqual(event, 'forged')
  }
  assertValid(lines)
})

test('a mixin that throws loses its line, which is said, and not the caller', async () => {
  const warned = once(process, 'warning')
  const mixin = (): never => {
    throw new Error('mixin broke')
  }
  assert.deepEqual(tell({ content: 'off', mixin }), [])
  const [warning] = (await warned) as [Error & { code?: string }]
  assert.equal(warning.code, 'LOGGER_RECORDING_FAILED')
  assert.match(warning.message, /mixin broke/)
})

test('mixinMergeStrategy, formatters.log and hooks.streamWrite see records', () => {
  const byStrategy = tell({
    content: 'off',
    mixinMergeStrategy: (object) => ({ ...object, merged: true }),
  })
  const byFormatter = tell({
    content: 'off',
    formatters: { log: (object) => ({ ...object, formatted: true }) },
  })
  const byHook = tell({
    content: 'off',
    hooks: { streamWrite: (line) => line.replace('"ada"', '"hidden"') },
  })
  for (const { merged } of byStrategy) assert.equal(merged, true)
  for (const { formatted } of byFormatter) assert.equal(formatted, true)
  for (const { user_id } of byHook) assert.equal(user_id, 'hidden')
  assertValid([...byStrategy, ...byFormatter, ...byHook])
})

test('a logMethod hook sees records, whatever it does with the order of its arguments', () => {
  const levels: number[] = []
  const lines = tell({
    content: 'off',
    hooks: {
      logMethod(args, method, level) {
        levels.push(level)
        method.apply(this, args.toReversed() as [string])
      },
    },
  })
  assert.deepEqual(
    lines.map(({ event }) => event),
    [
      ...['step_started', 'llm_call_started', 'llm_call', 'llm_call_started'],
      ...['error_diagnosed', 'llm_call', 'step'],
    ],
  )
  assert.deepEqual(levels, [20, 30, 30, 30, 30, 50, 20])
  assert.equal(lines[2]?.msg, 'llm_call')
  assertValid(lines)
})

test('a message prefix is on the messages of records', () => {
  const lines = tell({ content: 'off', msgPrefix: '[app] ' })
  assert.deepEqual(
    [...new Set(lines.map(({ msg }) => msg))],
    [
      ...['[app] step_started', '[app] llm_call_started', '[app] llm_call'],
      ...['[app] error_diagnosed', '[app] step'],
    ],
  )
})

test("a message key that a record has of its own keeps the record's value", () => {
  for (const options of [{}, { mixin: () => ({}) }] as LoggerOptions[]) {
    const [line] = tell({ ...options, content: 'off', messageKey: 'message' }, (logger) =>
      logger.validate(1, { rules: { positive: () => 'must be more' } }),
    )
    assert.deepEqual([line?.message, line?.rule], ['must be more', 'positive'])
  }
})

test('records stay flat under nestedKey, and their error stays what it was under any errorKey', () => {
  for (const options of [{}, { mixin: () => ({}) }] as LoggerOptions[]) {
    const lines = tell({ ...options, content: 'off', nestedKey: 'payload', errorKey: 'error' })
    assertValid(lines)
    assert.equal(lines.length, 7)
    for (const { recount } of lines) assert.equal(recount, 1)
    const failed = lines.find(({ status }) => status === 'error')
    assert.deepEqual(failed?.error, { type: 'RangeError', message: 'refused' })
  }
})

test('custom levels alone leave records their levels', () => {
  const levels = { customLevels: { quiet: 1, loud: 99 }, useOnlyCustomLevels: true, level: 'loud' }
  for (const options of [{}, { mixin: () => ({}) }] as LoggerOptions[]) {
    const lines = tell({ ...options, ...levels, content: 'off' })
    assert.deepEqual(
      lines.map(({ level }) => level),
      [20, 30, 30, 30, 30, 50, 20],
    )
    assertValid(lines)
  }
})

test('a level formatter has the last word on the level of records', () => {
  const formatters = { level: (label: string, level: number) => ({ severity: label, level }) }
  const lines = tell({ content: 'off', formatters })
  assert.deepEqual(
    lines.map(({ severity }) => severity),
    ['debug', 'info', 'info', 'info', 'info', 'error', 'debug'],
  )
})

test('an evaluation keeps its name beside that of the logger, and what bindings say', () => {
  const lines = tell({ content: 'off', name: 'app' }, (logger) =>
    logger
      .child({ user: { id: 1, name: 'Ada' } })
      .evaluation({ name: 'correct', evaluator: 'human', score: 1 }),
  )
  assert.deepEqual([lines[0]?.name, lines[0]?.user], ['correct', { id: 1, name: 'Ada' }])
  const [bare] = tell({ content: 'off', base: null }, (logger) =>
    logger
      .child({ user: { name: 'Ada' } })
      .evaluation({ name: 'correct', evaluator: 'human', score: 1 }),
  )
  assert.deepEqual([bare?.name, bare?.user], ['correct', { name: 'Ada' }])
})

test('the level threshold does not hold for records, and silence does', () => {
  assert.equal(tell({ content: 'off', level: 'fatal' }).length, 7)
  assert.equal(tell({ content: 'off', level: 'fatal', mixin: () => ({}) }).length, 7)
  assert.equal(tell({ content: 'off', level: 'silent' }).length, 0)
  assert.equal(tell({ content: 'off', enabled: false }).length, 0)
  const later = tell({ content: 'off' }, (logger) => {
    logger.level = 'silent'
    twoCalls(logger)
    logger.level = 'error'
    twoCalls(logger)
    twoCalls(logger.child({}, { level: 'silent' }))
  })
  assert.equal(later.length, 7)
})

test('multistream routes records by their level', () => {
  const [all, errors]: [Line[], Line[]] = [[], []]
  const into = (lines: Line[]) => ({
    write: (line: string) => void lines.push(JSON.parse(line) as Line),
  })
  const destination = pino.multistream([
    { level: 'debug', stream: into(all) },
    { level: 'error', stream: into(errors) },
  ])
  const logger = createLogger({ ...STILL, content: 'off', destination })
  twoCalls(logger)
  logger.error('plain')
  assert.deepEqual(
    errors.map(({ event, msg }) => event ?? msg),
    ['llm_call', 'plain'],
  )
  assert.equal(all.length, 8)
  assertValid(all)
})

test('transport targets route records by their level', async (t) => {
  const folder = temporaryFolder(t)
  const [all, errors] = [join(folder, 'all.jsonl'), join(folder, 'errors.jsonl')]
  const transport = pino.transport({
    targets: [
      { target: 'pino/file', level: 'debug', options: { destination: all } },
      { target: 'pino/file', level: 'error', options: { destination: errors } },
    ],
  })
  const logger = createLogger({ ...STILL, content: 'off', destination: transport })
  twoCalls(logger)
  // pino lets go of its worker; a timer keeps the process here until it has written.
  const held = setInterval(() => {}, 1000)
  await new Promise((resolve) => {
    transport.on('close', resolve)
    transport.end()
  })
  clearInterval(held)
  const read = (path: string): Line[] => linesOfFile(path).map((line) => JSON.parse(line) as Line)
  assert.equal(read(all).length, 7)
  assert.deepEqual(
    read(errors).map(({ event, status }) => [event, status]),
    [['llm_call', 'error']],
  )
})

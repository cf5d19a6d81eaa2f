import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addSink, createLogger } from '@recount/logger'
import type { AnyRecord, Sink } from '@recount/record'
import { multistream } from 'pino'

const CALL = { provider: 'acme', model: 'acme-large' }

function collector(): Sink & { readonly records: AnyRecord[] } {
  const records: AnyRecord[] = []
  return { records, write: (record) => void records.push(record) }
}

function memory(): { lines: string[]; write: (line: string) => void } {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

test('a sink is given what stands on each line, content too, wherever that goes', () => {
  const destination = memory()
  const sink = collector()
  const log = createLogger({ destination, content: 'inline', keyFile: false, env: {} })
  addSink(log, sink)
  log.llm({ ...CALL, input: 'What is in the fridge?' }, () => 'Milk.')
  assert.deepEqual(
    sink.records,
    destination.lines.map((line) => JSON.parse(line)),
  )
  assert.ok(sink.records.some(({ event }) => event === 'content'))
})

test('a sink sees what the user’s own serializers and redaction left', () => {
  const destination = memory()
  const sink = collector()
  const log = createLogger({ destination, env: {}, redact: ['params.seed'] })
  addSink(log, sink)
  log.llm({ ...CALL, params: { seed: 42 } }, () => 'Milk.')
  assert.ok(sink.records.length > 0)
  for (const record of sink.records)
    assert.deepEqual('params' in record && record.params, { seed: '[Redacted]' })
})

test('children and parents share sinks; ordinary lines are not given', () => {
  const sink = collector()
  const log = createLogger({ destination: memory(), env: {} })
  const takeOff = addSink(log.child({ part: 'a' }), sink)
  log.info('not a record')
  log.llm(CALL, () => 'Milk.')
  assert.deepEqual(
    sink.records.map(({ event }) => event),
    ['llm_call_started', 'llm_call'],
  )
  takeOff()
  log.llm(CALL, () => 'Milk.')
  assert.equal(sink.records.length, 2)
})

test('a sink that throws harms neither the application, nor the line, nor the next sink', () => {
  const destination = memory()
  const sink = collector()
  const log = createLogger({ destination, env: {} })
  addSink(log, {
    write() {
      throw new Error('full')
    },
  })
  addSink(log, sink)
  assert.equal(
    log.llm(CALL, () => 'Milk.'),
    'Milk.',
  )
  assert.equal(destination.lines.length, 2)
  assert.equal(sink.records.length, 2)
})

test('a destination that asks pino for the level of each line still gets it', () => {
  const errors = memory()
  const all = memory()
  const log = createLogger({
    destination: multistream([
      { stream: all, level: 'info' },
      { stream: errors, level: 'error' },
    ]),
    env: {},
  })
  addSink(log, collector())
  assert.throws(() =>
    log.llm(CALL, () => {
      throw new Error('down')
    }),
  )
  const levels = all.lines.map((line) => JSON.parse(line).level as number)
  assert.ok(levels.includes(30) && levels.includes(50))
  assert.equal(errors.lines.length, levels.filter((level) => level >= 50).length)
})

test('a step inside of a step has its own name, and so has what is annotated later', () => {
  const sink = collector()
  const log = createLogger({ destination: memory(), env: {} })
  addSink(log, sink)
  log.step('outer', () => log.step('inner', () => {}))
  const names = sink.records.map((record) => record.step)
  assert.deepEqual(names, ['outer', 'inner', 'inner', 'outer'])
})

test('what is no logger, and what is no sink, is refused in words', () => {
  const logger = createLogger({ destination: memory() })
  const wrong: [unknown, unknown, RegExp][] = [
    [console, { write() {} }, /`logger` to be a logger of `createLogger`, got object/],
    [undefined, { write() {} }, /`logger`/],
    [logger, {}, /`sink` to be an object with `write\(record\)`, got object/],
    [logger, undefined, /`sink`.*got undefined/],
  ]
  for (const [given, sink, message] of wrong)
    assert.throws(() => addSink(given as typeof logger, sink as Sink), {
      code: 'LOGGER_OPTION_INVALID',
      message,
    })
})

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
  assert.equal(all.lines.length, 2)
  assert.equal(errors.lines.length, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { createLogger } from '../src/create-logger.ts'
import { type Line, parseLines } from './folder.ts'
import { assertValid, validRecorder } from './helpers.ts'

interface Written {
  readonly lines: string[]
  write(line: string): void
}

function memory(): Written {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

const CALL = { provider: 'acme', model: 'acme-large' }
const MISLEADING = {
  input_tokens: 999,
  stream: 'orders',
  error: 'x',
  tags: {},
  attempt: 'x',
  user_id: 7,
}

for (const [path, options] of Object.entries({
  'written here': {},
  'through pino': { mixin: () => ({}) },
})) {
  test(`bindings of a child stand in for nothing that a record says: ${path}`, () => {
    const destination = memory()
    const logger = createLogger({ env: {}, destination, ...options })
    const child = logger.child({ ...MISLEADING, feature: 'search' })
    child.llm(CALL, () => 'answer')
    child.info('ordinary')
    const lines: readonly Line[] = parseLines(destination.lines.join(''))
    const records = lines.filter((line) => line.recount === 1)
    assertValid(records)
    for (const record of records) {
      assert.equal(record.feature, 'search')
      assert.deepEqual(
        Object.keys(MISLEADING).filter((key) => key in record),
        [],
      )
    }
    assert.equal(lines.at(-1)?.input_tokens, 999)
  })
}

test('a binding that means the same on every line is on records, too', () => {
  const destination = memory()
  const logger = createLogger({ env: {}, destination })
  logger.child({ user_id: 'u-1', tenant_id: 'acme' }).llm(CALL, () => 'answer')
  for (const { user_id, tenant_id } of parseLines(destination.lines.join('')))
    assert.deepEqual([user_id, tenant_id], ['u-1', 'acme'])
})

for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
  test(`LOG_LEVEL=${name} is no level: ordinary lines are written`, () => {
    const destination = memory()
    const logger = createLogger({ env: { LOG_LEVEL: name }, destination })
    logger.info('hello')
    assert.match(destination.lines.join(''), /hello/)
    assert.equal(logger.level, 'info')
  })
}

test('in production LLM_DEBUG alone changes neither level nor shape of the output', () => {
  const logger = createLogger({ env: { NODE_ENV: 'production', LLM_DEBUG: '1' } })
  const { streamSym } = pino.symbols
  const stream = (logger as unknown as Record<symbol, object>)[streamSym]
  assert.equal(logger.level, 'info')
  assert.equal(Object.getPrototypeOf(stream).constructor.name, 'Handle')
})

test('a trace and a step that are given a workflow or a span name have these, not their own name', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const given = { workflow: 'support', span_name: 'front door' }
  logger.trace('answer', given, () => logger.step('draft', { span_name: 'first' }, () => {}))
  const names = records('step').map((line) => [line.workflow, line.step, line.span_name])
  assert.deepEqual(names, [
    ['support', 'draft', 'first'],
    ['support', undefined, 'front door'],
  ])
})

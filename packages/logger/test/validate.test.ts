import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { z } from 'zod'
import { LoggerError } from '../src/errors.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
const JSON_SCHEMA = {
  type: 'object',
  required: ['dose', 'unit'],
  properties: { dose: { type: 'number', maximum: 10 }, unit: { enum: ['mg'] } },
}
const dose = z.object({ dose: z.number().max(10), unit: z.literal('mg') })

test('raw, parsed, verdict: what passes is one line and the value of the schema', (t) => {
  const { logger, records } = validRecorder(t)
  const schema = z.object({ dose: z.coerce.number() })
  const { passed, value } = logger.validate('{"dose":"5"}', { parse: JSON.parse, schema })
  assert.deepEqual([passed, value], [true, { dose: 5 }])
  const [verdict, ...others] = records('validation')
  assert.deepEqual([verdict?.passed, verdict?.level, others], [true, 30, []])
  assert.deepEqual(
    records('content').map(({ part, content }) => [part, content]),
    [
      ['output', [{ role: 'assistant', parts: [{ type: 'text', content: '{"dose":"5"}' }] }]],
      ['parsed', { dose: 5 }],
    ],
  )
})

test('zod as a Standard Schema: each issue is a line with rule, path and message', (t) => {
  const { logger, records } = validRecorder(t)
  const { passed, value } = logger.validate({ dose: 50, unit: 'g' }, { schema: dose })
  assert.deepEqual([passed, value], [false, { dose: 50, unit: 'g' }])
  const said = records('validation').map(({ rule, path, level }) => [rule, path, level])
  assert.deepEqual(said, [
    ['too_big', '/dose', 40],
    ['invalid_value', '/unit', 40],
  ])
})

test('a compiled ajv schema: each error is a line with keyword, JSON Pointer and message', (t) => {
  const { logger, records } = validRecorder(t)
  const schema = new Ajv({ allErrors: true }).compile(JSON_SCHEMA)
  assert.equal(logger.validate({ dose: 5, unit: 'mg' }, { schema }).passed, true)
  assert.equal(logger.validate({ dose: 50 }, { schema }).passed, false)
  const said = records('validation').map(({ passed, rule, path }) => [passed, rule, path])
  assert.deepEqual(said, [
    [true, undefined, undefined],
    [false, 'required', ''],
    [false, 'maximum', '/dose'],
  ])
})

test('a function says true, false, or what is wrong; nothing else passes', (t) => {
  const { logger, records } = validRecorder(t)
  const errors = [{ rule: 'dose_range', path: ['dose', 0], message: 'too high' }]
  const verdicts: [unknown, boolean][] = [
    [true, true],
    [{ valid: true }, true],
    [false, false],
    [undefined, false],
    [1, false],
    ['yes', false],
    [{ valid: false, errors }, false],
    [{}, false],
  ]
  for (const [verdict, expected] of verdicts)
    assert.equal(logger.validate(1, { schema: () => verdict }).passed, expected)
  const told = records('validation').find(({ rule }) => rule === 'dose_range')
  assert.deepEqual([told?.path, told?.message], ['/dose/0', 'too high'])
})

test('a Standard Schema that gives no verdict, or throws, has not passed', (t) => {
  const { logger, records } = validRecorder(t)
  const schemas = [
    () => undefined,
    () => null,
    () => {
      throw new Error('broken schema')
    },
  ]
  for (const validate of schemas)
    assert.equal(logger.validate(1, { schema: { '~standard': { validate } } }).passed, false)
  assert.equal(records('validation')[2]?.message, 'broken schema')
})

test('a Standard Schema is called on itself', (t) => {
  const { logger } = validRecorder(t)
  const standard = {
    least: 5,
    validate(value: unknown): object {
      return Number(value) >= this.least ? { value } : { issues: [{ message: 'too small' }] }
    },
  }
  assert.equal(logger.validate(7, { schema: { '~standard': standard } }).passed, true)
})

test('a failed parse is the rule parse: the value is undefined, and schema and rules are not asked', (t) => {
  const { logger, records } = validRecorder(t)
  const never = (): never => assert.fail('asked')
  const options = { parse: JSON.parse, schema: never, rules: { never } }
  const { passed, value } = logger.validate('Sure! {dose: 5mg}', options)
  assert.deepEqual([passed, value], [false, undefined])
  const [verdict] = records('validation')
  assert.deepEqual([verdict?.rule, verdict?.path], ['parse', null])
  assert.match(verdict?.message ?? '', /Unexpected token/)
})

test('where the raw answer is not kept, a failed parse does not quote it', (t) => {
  const { logger, lines, records } = validRecorder(t, { content: 'off' })
  logger.validate('c4n4ry', { parse: JSON.parse })
  assert.doesNotMatch(JSON.stringify(lines), /c4n4ry/)
  assert.equal(records('validation')[0]?.message, 'SyntaxError')
})

test('business rules: every one that fails is told, one that throws has failed', (t) => {
  const { logger, records } = validRecorder(t)
  const rules = {
    fine: () => true,
    dose_range_neonatal: (value: { dose: number }) => value.dose < 5 || 'more than 5 mg',
    plain: () => false,
    broken: () => {
      throw new TypeError('no weight')
    },
  }
  const { passed } = logger.validate({ dose: 9, unit: 'mg' }, { schema: dose, rules })
  assert.equal(passed, false)
  assert.deepEqual(
    records('validation').map(({ rule, message }) => [rule, message]),
    [
      ['dose_range_neonatal', 'more than 5 mg'],
      ['plain', null],
      ['broken', 'no weight'],
    ],
  )
})

const UNUSABLE: readonly [string, unknown][] = [
  ['a promise', () => Promise.resolve(true)],
  ['an async zod schema', z.string().refine(() => Promise.resolve(true))],
  ['a JSON Schema that nobody compiled', JSON_SCHEMA],
  ['a text', 'object'],
  ['null', null],
]
for (const [name, schema] of UNUSABLE) {
  test(`a schema that cannot be used is refused with LOGGER_SCHEMA_INVALID: ${name}`, (t) => {
    const { logger } = validRecorder(t)
    assert.throws(
      () => logger.validate('text', { schema: schema as never }),
      (error) => error instanceof LoggerError && error.code === 'LOGGER_SCHEMA_INVALID',
    )
  })
}

test('a verdict stands under the model call it judges', (t) => {
  const { logger, records } = validRecorder(t)
  logger.trace('ask', () => {
    logger.llm(CALL, () => 'first')
    logger.llm(CALL, () => 'second')
    logger.validate('second')
    const [first, second] = records('llm_call')
    logger.validate('first', { span_id: first?.span_id ?? '' })
    logger.validate('second', { span_id: 'not an id' })
    const parents = records('validation').map((line) => line.parent_span_id)
    assert.deepEqual(parents, [second?.span_id, first?.span_id, second?.span_id])
  })
})

test('an answer that failed and was shown is an error; one that was dropped, or passed later, is not', (t) => {
  const { logger, records } = validRecorder(t)
  const tell = (disposition: 'shown' | 'dropped', later?: boolean): void =>
    logger.trace('ask', () => {
      logger.validate(1, { rules: { no: () => false } })
      if (later) logger.validate(1, { rules: { yes: () => true } })
      logger.finalResponse({ disposition })
    })
  tell('shown')
  tell('dropped')
  tell('shown', true)
  assert.deepEqual(
    records('final_response').map(({ level }) => level),
    [50, 30, 30],
  )
})

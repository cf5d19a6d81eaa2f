import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { z } from 'zod'
import { withoutQuotes } from '../src/quotes.ts'
import { recordedError } from '../src/recorded-error.ts'
import type { ValidateOptions } from '../src/validate.ts'
import { validRecorder } from './helpers.ts'

const CANARY = 'c4n4ry-sec'
const OFF = { content: 'off' } as const

const MESSAGES: readonly [string, string][] = [
  ['must be a number', 'must be a number'],
  ["doesn't fit, isn't a dose", "doesn't fit, isn't a dose"],
  [`received '${CANARY}'`, 'received [Content]'],
  [`"${CANARY}" is no unit`, '[Content] is no unit'],
  [`\`${CANARY}\` is no unit`, '[Content] is no unit'],
  [`“${CANARY}” is no unit`, '[Content] is no unit'],
  [`Unrecognized keys: "a", "${CANARY}"`, 'Unrecognized keys: [Content]'],
  [`received 'it's ${CANARY}' here`, 'received [Content] here'],
  [`got "a" ${CANARY} "b"`, 'got [Content]'],
  [`got {"a":["${CANARY}"]} here`, 'got [Content] here'],
  [`got [1, ${CANARY}] here`, 'got [Content] here'],
  [`got "${CANARY} without an end`, 'got [Content]'],
]
for (const [message, expected] of MESSAGES)
  test(`a message does not tell what it quotes: ${message}`, () =>
    assert.equal(withoutQuotes(message), expected))

const value = { unit: CANARY, [CANARY]: 1, scores: { [`${CANARY} of Ada`]: 'x' } }
const VALIDATIONS: readonly [string, ValidateOptions<typeof value>][] = [
  ['a strict zod object', { schema: z.strictObject({ unit: z.string() }) as never }],
  ['a zod literal', { schema: z.object({ unit: z.literal('mg') }) as never }],
  ['a zod record', { schema: z.object({ scores: z.record(z.string(), z.number()) }) as never }],
  [
    'a zod message',
    {
      schema: z.object({
        unit: z.string().refine(() => false, { error: ({ input }) => `not ${String(input)}` }),
      }) as never,
    },
  ],
  [
    'ajv',
    {
      schema: new Ajv({ allErrors: true, strict: false }).compile({
        additionalProperties: false,
        properties: { scores: { additionalProperties: { type: 'number' } } },
      }),
    },
  ],
  ['a rule that quotes', { rules: { unit: ({ unit }) => `unit '${unit}' is unknown` } }],
  [
    'a rule that names the value as it is',
    { rules: { unit: ({ unit }) => `unit ${unit} is unknown` } },
  ],
  ['a rule that tells the JSON', { rules: { unit: (all) => `no: ${JSON.stringify(all)}` } }],
  ['a rule that throws', { rules: { unit: ({ unit }) => JSON.parse(unit) as boolean } }],
  ['a parser that throws', { parse: () => JSON.parse(CANARY) as unknown }],
  [
    'a function with errors',
    {
      schema: () => ({
        valid: false,
        errors: [{ rule: 'dose', path: ['scores', `${CANARY} of Ada`], message: `${CANARY}` }],
      }),
    },
  ],
]
for (const [name, options] of VALIDATIONS) {
  test(`where content is closed, a verdict does not tell what the model said: ${name}`, (t) => {
    const { logger, lines, records } = validRecorder(t, OFF)
    const { passed } = logger.validate(value, options)
    assert.equal(passed, false)
    assert.ok(records('validation').length > 0)
    assert.doesNotMatch(JSON.stringify(lines), new RegExp(CANARY))
  })
}

test('where content is closed, rules, paths of identifiers and plain sentences stay', (t) => {
  const { logger, records } = validRecorder(t, OFF)
  const path = ['doses', 0, 'max-dose_$1', 'Ada Lovelace', 'x'.repeat(41)]
  const errors = [{ rule: 'dose range', path, message: 'more than 5 mg' }]
  logger.validate({ unit: 'mg' }, { schema: () => ({ valid: false, errors }) })
  const [verdict] = records('validation')
  assert.deepEqual(
    [verdict?.rule, verdict?.path, verdict?.message],
    ['dose range', '/doses/0/max-dose_$1/[Content]/[Content]', 'more than 5 mg'],
  )
})

test('where the answer and what was parsed are kept anyway, a verdict tells all', (t) => {
  const rules = { unit: ({ unit }: { unit: string }) => `unit '${unit}' is unknown` }
  for (const [content, told] of [
    [['output', 'parsed'], `unit '${CANARY}' is unknown`],
    [['output'], 'unit [Content] is unknown'],
    [['parsed'], 'unit [Content] is unknown'],
  ] as const) {
    const { logger, records } = validRecorder(t)
    logger.validate({ unit: CANARY }, { rules, content })
    assert.equal(records('validation')[0]?.message, told)
  }
})

test('a failed JSON.parse does not tell the reply, in whatever is recorded and whoever passes it on', (t) => {
  const { logger, lines, records } = validRecorder(t)
  const replies = [
    CANARY,
    `{"a": ${CANARY}}`,
    `{"a":1} ${CANARY}`,
    `Sure! {"${CANARY}": 1}`,
    `["${CANARY}\n"]`,
  ]
  const call = { provider: 'acme', model: 'acme-large', content: false }
  for (const reply of replies) {
    const parse = (): unknown => JSON.parse(reply)
    const passOn = (): void => {
      try {
        parse()
      } catch (cause) {
        throw new Error(`Bad reply: ${(cause as Error).message}`, { cause })
      }
    }
    for (const fn of [parse, passOn]) {
      assert.throws(() => logger.step('parse', fn), /JSON/)
      assert.throws(() => logger.llm(call, fn))
      assert.throws(() => logger.tool({ tool: 'parse', content: false }, fn))
      assert.throws(() => logger.retrieval({ source: 'parse', content: false }, fn))
    }
  }
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(CANARY))
  assert.match(
    records('step')[0]?.error?.message ?? '',
    /^Unexpected token \[Content\].* is not valid JSON$/,
  )
})

test('errors of libraries that parse replies do not tell them', () => {
  const named = (name: string, message: string): Error =>
    Object.assign(new Error(message), { name })
  for (const error of [
    named('AI_JSONParseError', `JSON parsing failed: Text: ${CANARY} said.\nError message: x`),
    named('AI_TypeValidationError', `Type validation failed: Value: {"a":"${CANARY}"}.`),
    named('OutputParserException', `Failed to parse. Text: "${CANARY}".`),
    named('ZodError', `[{"message":"Unrecognized key: \\"${CANARY}\\""}]`),
  ])
    assert.doesNotMatch(JSON.stringify(recordedError(error)), new RegExp(CANARY))
  assert.equal(recordedError(new Error(`no 'model' here`)).message, `no 'model' here`)
})

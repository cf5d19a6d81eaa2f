import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EVENTS, type EventName } from '../src/index.ts'
import { validateRecord } from '../src/validate.ts'
import { SAMPLES } from './samples.ts'

interface Schema {
  $schema?: string
  $id?: string
  $ref?: string
  $defs?: { [name: string]: Schema }
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  properties?: { [key: string]: Schema }
  required?: string[]
}

for (const event of EVENTS) {
  const schema = readSchema(event)
  const sample: { [key: string]: unknown } = { ...SAMPLES[event] }

  test(`${event}: a record with every key of the format is valid`, () => {
    assert.deepEqual(Object.keys(sample).sort(), Object.keys(schema.properties ?? {}).sort())
    assert.deepEqual(validateRecord(sample), [])
  })

  test(`${event}: the required keys alone are enough`, () => {
    const required = (schema.required ?? []).map((key) => [key, sample[key]])
    assert.deepEqual(validateRecord(Object.fromEntries(required)), [])
  })

  test(`${event}: a required key that is missing is named`, () => {
    for (const key of schema.required ?? []) {
      const { [key]: _, ...rest } = sample
      assert.deepEqual(validateRecord(rest).map(named), [expectedWhenMissing(key)])
    }
  })

  test(`${event}: a key with a value of a foreign type is named`, () => {
    for (const [key, rule] of Object.entries(schema.properties ?? {})) {
      if (takesAnything(rule)) continue
      const findings = validateRecord({ ...sample, [key]: [[Number.NaN]] })
      assert.ok(findings[0]?.key.startsWith(`/${key}`), `${key} took a foreign value`)
    }
  })

  test(`${event}: the schema names itself and its draft`, () => {
    assert.equal(schema.$id, `urn:recount:1:${event}`)
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
  })
}

test('a key that the format does not know is kept and valid', () => {
  assert.deepEqual(validateRecord({ ...SAMPLES.llm_call, my_own: { deep: [1] } }), [])
})

const BAD: [string, EventName, { [key: string]: unknown }, string][] = [
  ['a trace id in upper case', 'llm_call', { trace_id: 'A'.repeat(32) }, '/trace_id'],
  ['a trace id of zeros', 'llm_call', { trace_id: '0'.repeat(32) }, '/trace_id'],
  ['a trace id that is too short', 'step', { trace_id: 'a'.repeat(31) }, '/trace_id'],
  ['a span id of zeros', 'tool_call', { span_id: '0'.repeat(16) }, '/span_id'],
  ['a span id with a line break behind', 'step', { span_id: `${'a'.repeat(16)}\n` }, '/span_id'],
  ['an unknown status', 'llm_call', { status: 'failed' }, '/status'],
  ['a negative token count', 'llm_call', { input_tokens: -1 }, '/input_tokens'],
  ['half a token', 'llm_call', { output_tokens: 0.5 }, '/output_tokens'],
  ['a negative length', 'llm_call', { duration_ms: -1 }, '/duration_ms'],
  ['a negative cost', 'llm_call', { cost_usd: -0.1 }, '/cost_usd'],
  ['an unknown finish reason', 'llm_call', { finish_reason: 'done' }, '/finish_reason'],
  ['attempt zero', 'llm_call', { attempt: 0 }, '/attempt'],
  ['a sample rate of zero', 'llm_call', { sample_rate: 0 }, '/sample_rate'],
  ['a sample rate over one', 'llm_call', { sample_rate: 1.5 }, '/sample_rate'],
  ['metadata that is not flat', 'step', { metadata: { a: { b: 1 } } }, '/metadata/a'],
  ['a tag that is no text', 'step', { tags: ['a', 7] }, '/tags/1'],
  ['an unknown content part', 'content', { part: 'prompt' }, '/part'],
  ['a digest without a key', 'content', { digest: 'sha256:abc' }, '/digest'],
  ['an unknown disposition', 'final_response', { disposition: 'sent' }, '/disposition'],
  ['an unknown action', 'user_action', { action: 'liked' }, '/action'],
  ['an unknown evaluator', 'evaluation', { evaluator: 'robot' }, '/evaluator'],
  ['an error without a message', 'step', { error: { type: 'Error' } }, '/error/message'],
  [
    'a cause without a type',
    'step',
    { error: { type: 'Error', message: 'x', cause: { message: 'y' } } },
    '/error/cause/type',
  ],
]
for (const [name, event, change, key] of BAD) {
  test(`${name} is refused and named`, () => {
    const keys = validateRecord({ ...SAMPLES[event], ...change }).map((finding) => finding.key)
    assert.ok(keys.includes(key), `${key} is not in [${keys}]`)
  })
}

test('a finding tells the rule and what came', () => {
  const [finding] = validateRecord({ ...SAMPLES.llm_call, status: 'failed' })
  assert.deepEqual(finding, {
    key: '/status',
    rule: 'enum',
    message: 'must be one of ok, error, partial, aborted, got "failed"',
  })
})

test('a long value is shortened in a finding', () => {
  const [finding] = validateRecord({ ...SAMPLES.llm_call, status: 'x'.repeat(5000) })
  assert.ok((finding?.message.length ?? 0) < 200)
})

test('what is no record of ours has one finding that says so', () => {
  const rules = [null, 7, 'text', [], {}, { recount: 2 }, { recount: 1, event: 'toString' }]
  assert.deepEqual(
    rules.map((value) => validateRecord(value).map((finding) => finding.rule)),
    [['object'], ['object'], ['object'], ['object'], ['recount'], ['recount'], ['event']],
  )
})

test('the validators need no library at run time', () => {
  const code = readFileSync(new URL('../src/validators.js', import.meta.url), 'utf8')
  assert.doesNotMatch(code, /\brequire\s*\(|^import\b|\bimport\s*\(/m)
})

function readSchema(event: EventName): Schema {
  return JSON.parse(
    readFileSync(new URL(`../src/schema/${event}.json`, import.meta.url), 'utf8'),
  ) as Schema
}

function named({ key, rule }: { key: string; rule: string }): string {
  return `${key} ${rule}`
}

/** Without `recount` or `event` a line is not ours or of no known kind: that is said instead. */
function expectedWhenMissing(key: string): string {
  return key === 'recount' || key === 'event' ? `/${key} ${key}` : `/${key} required`
}

function takesAnything({ description: _, ...rule }: Schema & { description?: string }): boolean {
  return Object.keys(rule).length === 0
}

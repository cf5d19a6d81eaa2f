import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  fromGenAiAttributes,
  GENAI_ALIASES,
  GENAI_ATTRIBUTES,
  GENAI_PARAMS,
  GENAI_SCHEMA_URL,
  toGenAiAttributes,
} from '../src/index.ts'
import { SAMPLES } from './samples.ts'

const KEYS = Object.keys(GENAI_ATTRIBUTES) as (keyof typeof GENAI_ATTRIBUTES)[]

test('every key and every parameter has an attribute, and comes back from it unchanged', () => {
  const params = Object.fromEntries(Object.keys(GENAI_PARAMS).map((name, index) => [name, index]))
  const call = { ...SAMPLES.llm_call, reasoning_tokens: 7, params }
  const attributes = toGenAiAttributes(call)
  const expected = [...Object.values(GENAI_ATTRIBUTES), ...Object.values(GENAI_PARAMS)]
  assert.deepEqual(
    Object.keys(attributes).sort(),
    [...expected, 'error.type'].sort(),
    'one attribute for each, and no other',
  )
  const mapped = Object.fromEntries(KEYS.map((key) => [key, call[key]]))
  assert.deepEqual(fromGenAiAttributes(attributes), { ...mapped, params })
})

test('no two keys share an attribute', () => {
  const all = [...Object.values(GENAI_ATTRIBUTES), ...Object.values(GENAI_PARAMS)]
  assert.equal(new Set([...all, ...Object.keys(GENAI_ALIASES)]).size, all.length + 5)
})

test('times of three decimals survive the way to seconds and back', () => {
  for (let ttft = 0; ttft < 5000; ttft += 0.123) {
    const ttft_ms = Number(ttft.toFixed(3))
    assert.deepEqual(fromGenAiAttributes(toGenAiAttributes({ ttft_ms })), { ttft_ms })
  }
})

test('falsy values are kept; absent and null ones leave no attribute', () => {
  const attributes = toGenAiAttributes({
    stream: false,
    input_tokens: 0,
    output_tokens: null,
    params: { temperature: 0 },
  })
  assert.deepEqual(attributes, {
    'gen_ai.request.stream': false,
    'gen_ai.usage.input_tokens': 0,
    'gen_ai.request.temperature': 0,
  })
})

test('every name of earlier conventions is understood', () => {
  for (const [attribute, key] of Object.entries(GENAI_ALIASES)) {
    assert.deepEqual(fromGenAiAttributes({ [attribute]: 'x' }), { [key]: 'x' })
  }
})

test('the current name wins over an earlier one', () => {
  const attributes = { 'gen_ai.system': 'old', 'gen_ai.provider.name': 'new' }
  assert.deepEqual(fromGenAiAttributes(attributes), { provider: 'new' })
})

test('attributes of others are left out', () => {
  assert.deepEqual(fromGenAiAttributes({ 'http.method': 'GET' }), {})
})

test('an error is named by its code, else by its class', () => {
  const error = { type: 'APIError', message: 'no' }
  assert.deepEqual(toGenAiAttributes({ error }), { 'error.type': 'APIError' })
  assert.deepEqual(toGenAiAttributes({ error: { ...error, code: 'rate_limit' } }), {
    'error.type': 'rate_limit',
  })
})

test('content never becomes an attribute', () => {
  const text = JSON.stringify(toGenAiAttributes(SAMPLES.llm_call))
  assert.doesNotMatch(text, /hmac-sha256|Too many requests/)
})

test('the version of the semantic conventions is stated', () => {
  assert.match(GENAI_SCHEMA_URL, /^https:\/\/opentelemetry\.io\/schemas\/gen-ai\/\d+\.\d+\.\d+$/)
})

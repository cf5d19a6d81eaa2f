import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'
import { DATA, needsData } from './data-set.ts'
import { filesUnder } from './labelled.ts'

const redact = createRedactor()
const SECRET = ['sk', 'proj', 'abcdefghij0123456789ABCDEFGHIJ'].join('-')
const MAIL = 'ada.lovelace@example.org'

const SHAPES: Readonly<Record<string, (piece: string) => object>> = {
  'text of OpenAI': (content) => ({ id: 'c-1', choices: [{ index: 0, delta: { content } }] }),
  'arguments of OpenAI': (args) => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index: 1, function: { arguments: args } }] } }],
  }),
  'text of Anthropic': (text) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  }),
  'arguments of Anthropic': (partial_json) => ({
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json },
  }),
  'text of Gemini': (text) => ({ candidates: [{ content: { parts: [{ text }] } }] }),
  'text of Ollama': (content) => ({ message: { role: 'assistant', content }, done: false }),
}

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const value of [SECRET, MAIL]) {
    test(`${name}: a value that two deltas share is not in what is kept, wherever it is cut`, () => {
      for (let cut = 0; cut <= value.length; cut++) {
        const pieces = ['It is ', value.slice(0, cut), value.slice(cut), ' now']
        for (const wire of [sse(pieces.map(shape)), ndjson(pieces.map(shape))]) {
          const kept = JSON.stringify(redact(wire).value)
          assert.equal(assembled(kept).includes(value), false, kept)
          assert.match(kept, /REDACTED/)
        }
      }
    })
  }
}

test('arguments that are JSON within JSON, in pieces, hide nothing', () => {
  const args = JSON.stringify({ note: JSON.stringify({ key: SECRET }) })
  for (let cut = 1; cut < args.length; cut++) {
    const shape = SHAPES['arguments of OpenAI'] as (piece: string) => object
    const { value } = redact(sse([shape(args.slice(0, cut)), shape(args.slice(cut))]))
    assert.equal(assembled(JSON.stringify(value)).includes(SECRET), false)
  }
})

test('two calls whose arguments come in turns are not taken for one text', () => {
  const shape = (index: number, args: string) => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index, function: { arguments: args } }] } }],
  })
  const wire = sse([
    shape(0, '{"a":"41111111'),
    shape(1, '{"b":"1'),
    shape(0, '11"}'),
    shape(1, '1111"}'),
  ])
  assert.equal(redact(wire).value, wire)
})

test('what is withheld is noted by its reason', () => {
  const shape = SHAPES['text of OpenAI'] as (piece: string) => object
  const { value, redactions } = redact({ raw: sse([shape('ada.love'), shape('lace@example.org')]) })
  assert.deepEqual(value, { raw: '[REDACTED:split-finding]' })
  assert.ok(redactions.some(({ path, rule }) => path === 'raw' && rule === 'split-finding'))
})

test('streams without findings stay byte for byte', () => {
  const shape = SHAPES['text of Anthropic'] as (piece: string) => object
  const wire = `event: a\n${sse([shape('The '), shape('weather'), shape(' is fine')])}: comment\n`
  assert.equal(redact(wire).value, wire)
})

test('recorded streams are hardly ever withheld', needsData, (t) => {
  const streams = filesUnder(join(DATA, 'provider-http')).filter((path) =>
    path.endsWith('.chunks.txt'),
  )
  const withheld = streams.filter((path) => {
    const wire = sse(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    )
    return redact(wire).value === '[REDACTED:split-finding]'
  })
  t.diagnostic(`${withheld.length} of ${streams.length} streams withheld`)
  assert.ok(withheld.length * 20 <= streams.length, withheld.join('\n'))
})

function sse(events: readonly (object | string)[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('')
}

function ndjson(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

/** Everything that is between quotes, joined: what a reader of the pieces could put together. */
function assembled(text: string): string {
  return (
    Array.from(
      text.matchAll(/\\"(?:content|text|arguments|partial_json)\\":\\"(.*?)\\"[,}]/g),
      ([, piece]) => piece,
    ).join('') + text
  )
}

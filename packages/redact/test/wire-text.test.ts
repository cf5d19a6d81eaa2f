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

const delta = (content: string, index = 0): string =>
  JSON.stringify({ id: 'c-1', choices: [{ index, delta: { content } }] })
const gemini = (text: string): string =>
  JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })

/** What streams look like besides events of whole lines; each with the two halves of a value. */
const ODD: Readonly<Record<string, (a: string, b: string) => string>> = {
  'a comment first': (a, b) =>
    `: OPENROUTER PROCESSING\n\n${sse([a, b].map((x) => JSON.parse(delta(x))))}`,
  'retry first': (a, b) => `retry: 100\n\ndata: ${delta(a)}\n\ndata: ${delta(b)}\n\n`,
  'an empty line first': (a, b) => `\n\ndata: ${delta(a)}\n\ndata: ${delta(b)}\n\n`,
  'a byte order mark first': (a, b) => `\uFEFFdata: ${delta(a)}\n\ndata: ${delta(b)}\n\n`,
  'spaces first': (a, b) => `   data: ${delta(a)}\n\n  data: ${delta(b)}\n\n`,
  CRLF: (a, b) => `data: ${delta(a)}\r\n\r\ndata: ${delta(b)}\r\n\r\n`,
  'lone CR': (a, b) => `data: ${delta(a)}\r\rdata: ${delta(b)}\r\r`,
  'a tab after data:': (a, b) => `data:\t${delta(a)}\n\ndata:\t${delta(b)}\n\n`,
  'several spaces after data:': (a, b) => `data:   ${delta(a)}\n\ndata:   ${delta(b)}\n\n`,
  'nothing after data:': (a, b) => `data:${delta(a)}\n\ndata:${delta(b)}\n\n`,
  'one JSON value over several data lines': (a, b) =>
    [a, b].map((x) => `data: {"content":\ndata: ${JSON.stringify(x)}\ndata: }\n\n`).join(''),
  'a string over several data lines': (a, b) => `data: {"content":"${a}\ndata: ${b}"}\n\n`,
  'cut in the first line, in the key': (a, b) => `ent":"${a}"}}]}\n\ndata: ${delta(b)}\n\n`,
  'cut in the first line, before the value': (a, b) => `"${a}"}}]}\n\ndata: ${delta(b)}\n\n`,
  'cut in the first line, in the value': (a, b) => `${a}"}}]}\n\ndata: ${delta(b)}\n\n`,
  'cut in the first line, in the frame': (a, b) => `ta: ${delta(a)}\n\ndata: ${delta(b)}\n\n`,
  'cut in the last line': (a, b) =>
    `data: ${delta(a)}\n\ndata: ${delta(b).slice(0, delta(b).indexOf(b) + b.length)}`,
  'unknown fields': (a, b) => `trace: 1\ndata: ${delta(a)}\n\ntrace: 2\ndata: ${delta(b)}\n\n`,
  'text behind': (a, b) =>
    `data: ${delta(a)}\n\ndata: ${delta(b)}\n\nupstream closed the connection`,
  'text before': (a, b) => `HTTP/1.1 200 OK\n\ndata: ${delta(a)}\n\ndata: ${delta(b)}\n\n`,
  'payloads that are JSON strings': (a, b) =>
    `data: ${JSON.stringify(a)}\n\ndata: ${JSON.stringify(b)}\n\n`,
  'payloads that are bare': (a, b) => `data: ${a}\n\ndata: ${b}\n\n`,
  'bare payloads behind a tab': (a, b) => `data:\t${a}\n\ndata:\t${b}\n\n`,
  "Vercel's data stream": (a, b) =>
    `f:{"messageId":"m-1"}\n0:${JSON.stringify(a)}\n0:${JSON.stringify(b)}\ne:{}\n`,
  'a list of chunks': (a, b) => `[${gemini(a)},${gemini(b)}]`,
  'a list of chunks, indented': (a, b) =>
    JSON.stringify([JSON.parse(gemini(a)), JSON.parse(gemini(b))], null, 2),
  'a list of chunks, cut': (a, b) => `[${gemini(a)}\n,\r\n${gemini(b)}`,
  'records of RFC 7464': (a, b) => `\u001e${delta(a)}\n\u001e${delta(b)}\n`,
  'records without line ends': (a, b) => `\u001e${delta(a)}\u001e${delta(b)}`,
  'JSON after JSON on one line': (a, b) => `${delta(a)}${delta(b)}`,
  'JSON after JSON in one event': (a, b) => `data: ${delta(a)} ${delta(b)}\n\n`,
  'an index that counts the chunks': (a, b) => `data: ${delta(a, 0)}\n\ndata: ${delta(b, 1)}\n\n`,
}

for (const [name, wire] of Object.entries(ODD)) {
  test(`a value that two pieces share is not kept: ${name}`, () => {
    for (const value of [SECRET, MAIL]) {
      for (let cut = 1; cut < value.length; cut++) {
        const [a, b] = [value.slice(0, cut), value.slice(cut)]
        const kept = JSON.stringify(redact({ raw: wire(a, b) }).value)
        assert.match(kept, /REDACTED/, `cut at ${cut}: ${kept}`)
        assert.ok(!(kept.includes(a) && kept.includes(b)) || Math.min(a.length, b.length) < 4, kept)
      }
    }
  })

  test(`what holds nothing stays byte for byte: ${name}`, () => {
    const text = wire('The weather', ' is fine')
    assert.equal(redact(text).value, text)
  })
}

test('asynchronous detectors see what pieces share, too', async () => {
  const find = async (text: string) => {
    const start = text.indexOf('Ada Lovelace')
    return start < 0 ? [] : [{ start, end: start + 12 }]
  }
  const names = createRedactor({ detectors: [{ type: 'name', find }] })
  const wire = `data: ${delta('Ada Lo')}\n\ndata: ${delta('velace')}\n\nclosed`
  assert.equal((await names.async(wire)).value, '[REDACTED:split-finding]')
  const whole = `data: ${delta('Ada Lovelace')}\n\nclosed by Ada Lovelace\n`
  assert.equal(
    (await names.async(whole)).value,
    whole.replaceAll('Ada Lovelace', '[REDACTED:name]'),
  )
})

test('rows of JSON whose values are found each for itself are not withheld', () => {
  const rows = [{ email: MAIL }, { email: `b.${MAIL}` }, { email: `c.${MAIL}` }]
  const row = `{"email":"[REDACTED:email]"}\n`
  assert.equal(redact(ndjson(rows)).value, row.repeat(3))
})

test('what lines share is found in text that has events and lines of its own', () => {
  const pem = [
    '-----BEGIN PRIVATE',
    'KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE',
    'KEY-----',
  ].join(' ')
  const iban = 'DE89 3704\n0044 0532 0130 00'
  const { value } = redact(`data: {"api_key":"hunter"}\nfirst ${iban}\n${pem}\nid: 4\nlast`)
  assert.equal(
    value,
    'data: {"api_key":"[REDACTED]"}\nfirst [REDACTED:iban]\n[REDACTED:private_key]\nid: 4\nlast',
  )
})

test('looking for split values takes nothing out of a vault or key', () => {
  const fail = (): never => {
    throw new Error('must not be asked')
  }
  const careful = createRedactor({ treat: { email: 'hash' }, key: { current: fail, byId: fail } })
  const wire = `data: ${delta('ada.love')}\n\ndata: ${delta('lace@example.org')}\n\n`
  assert.equal(careful(wire).value, '[REDACTED:split-finding]')
})

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

test('JSON that is nested 10,000 deep is told as too deep, whatever stands in it, and nothing fails', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `{"first":"${MAIL}","x":${open.repeat(10_000)}"${SECRET}"${close.repeat(10_000)}}`
    for (const text of [deep, `data: ${deep}\n\n`]) {
      const { value, redactions } = redact(text)
      assert.ok(String(value).includes('[Too deep]'))
      assert.ok(!String(value).includes(SECRET) && !String(value).includes(MAIL))
      assert.ok(!redactions.some(({ rule }) => rule === 'redactor-failed'))
    }
  }
})

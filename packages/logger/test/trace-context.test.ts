import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSpanId, newTraceId } from '@recount/record'
import {
  formatTraceparent,
  type Incoming,
  parseTraceparent,
  readIncoming,
} from '../src/trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const VALID = `00-${TRACE}-${SPAN}-01`
const PARSED = { trace_id: TRACE, parent_span_id: SPAN, sampled: true }

const ACCEPTED: Record<string, unknown> = {
  'a valid header of version 00': VALID,
  'one header given as a list of one': [VALID],
  'a future version of the same length': `cc-${TRACE}-${SPAN}-01`,
  'a future version with extra fields after a dash': `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
  'a future version with nothing after the dash': `01-${TRACE}-${SPAN}-01-`,
  'unknown flags beside the sampled one': `00-${TRACE}-${SPAN}-ff`,
  'the random flag of level 2 beside the sampled one': `00-${TRACE}-${SPAN}-03`,
}
for (const [name, value] of Object.entries(ACCEPTED)) {
  test(`traceparent accepts ${name}`, () => assert.deepEqual(parseTraceparent(value), PARSED))
}

test('traceparent with the sampled flag off is accepted as not sampled', () => {
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${SPAN}-00`), { ...PARSED, sampled: false })
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${SPAN}-02`), { ...PARSED, sampled: false })
})

const REFUSED: Record<string, unknown> = {
  'nothing at all': undefined,
  'an empty value': '',
  'something that is not text': 42,
  'an object that looks like text': { toString: () => VALID, length: 55 },
  'version ff': `ff-${TRACE}-${SPAN}-01`,
  'version ff with extra fields': `ff-${TRACE}-${SPAN}-01-more`,
  'an upper-case version': `CC-${TRACE}-${SPAN}-01`,
  'a version with an illegal character': `.0-${TRACE}-${SPAN}-01`,
  'a version that is too long': `000-${TRACE}-${SPAN}-01`,
  'a version that is too short': `0-${TRACE}-${SPAN}-01`,
  'version 00 with a trailing dash': `${VALID}-`,
  'version 00 with a trailing dot': `${VALID}.`,
  'version 00 with extra fields': `${VALID}-what-the-future-will-be-like`,
  'a future version with extra fields after something else than a dash': `cc-${TRACE}-${SPAN}-01.what-the-future`,
  'a future version that is too short': `cc-${TRACE}-${SPAN}-1`,
  'a future version longer than any that is known': `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000_000)}`,
  'an upper-case trace id': `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  'a trace id of zeros': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'a trace id with an illegal character': `00-${TRACE.slice(0, 31)}.-${SPAN}-01`,
  'a trace id with a letter that is not hex': `00-${TRACE.slice(0, 31)}g-${SPAN}-01`,
  'a trace id that is too long': `00-${TRACE}0-${SPAN}-01`,
  'a trace id that is too short': `00-${TRACE.slice(1)}-${SPAN}-01`,
  'an upper-case parent id': `00-${TRACE}-${SPAN.toUpperCase()}-01`,
  'a parent id of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'a parent id with an illegal character': `00-${TRACE}-${SPAN.slice(0, 15)}.-01`,
  'a parent id that is too long': `00-${TRACE}-${SPAN}0-01`,
  'a parent id that is too short': `00-${TRACE}-${SPAN.slice(1)}-01`,
  'upper-case flags': `00-${TRACE}-${SPAN}-0B`,
  'flags with an illegal character': `00-${TRACE}-${SPAN}-.0`,
  'flags that are too long': `00-${TRACE}-${SPAN}-001`,
  'flags that are too short': `00-${TRACE}-${SPAN}-1`,
  'other separators than dashes': VALID.replaceAll('-', '_'),
  'a space inside': `00-${TRACE} -${SPAN}-01`,
  'a line break after it': `${VALID}\n`,
  'several headers as a list': [VALID, `00-${newTraceId()}-${SPAN}-01`],
  'several equal headers as a list': [VALID, VALID],
  'an empty list': [],
  'several headers joined with a comma': `${VALID}, ${VALID}`,
  'several headers of a future version joined with a comma': `cc-${TRACE}-${SPAN}-01-x,${VALID}`,
}
for (const [name, value] of Object.entries(REFUSED)) {
  test(`traceparent refuses ${name}`, () => assert.equal(parseTraceparent(value), undefined))
}

test('every single changed character of a valid traceparent is refused or still reads as hex', () => {
  for (let at = 0; at < VALID.length; at++) {
    for (const character of ['G', 'A', ' ', ',', '\u0000', '\u{1d7d8}', 'é']) {
      const changed = VALID.slice(0, at) + character + VALID.slice(at + 1)
      assert.equal(parseTraceparent(changed), undefined, JSON.stringify(changed))
    }
  }
})

test('what is written is what is read, sampled by default', () => {
  for (let count = 0; count < 1000; count++) {
    const [trace_id, span_id] = [newTraceId(), newSpanId()]
    assert.deepEqual(parseTraceparent(formatTraceparent({ trace_id, span_id })), {
      trace_id,
      parent_span_id: span_id,
      sampled: true,
    })
    const unsampled = formatTraceparent({ trace_id, span_id, sampled: false })
    assert.equal(unsampled, `00-${trace_id}-${span_id}-00`)
  }
})

function read(headers: Record<string, string | string[]>): Incoming {
  return readIncoming((name) => headers[name])
}

test('a request without any of the headers brings nothing and ignores nothing', () => {
  assert.deepEqual(read({}), { ignored: [] })
  assert.deepEqual(read({ traceparent: [], 'x-trace-id': '', 'x-request-id': '' }), { ignored: [] })
})

test('traceparent wins over x-trace-id', () => {
  assert.deepEqual(read({ traceparent: VALID, 'x-trace-id': newTraceId() }), {
    trace_id: TRACE,
    parent_span_id: SPAN,
    ignored: [],
  })
})

test('a refused traceparent is noted, and x-trace-id is read instead', () => {
  const { ignored, ...incoming } = read({
    traceparent: `ff-${TRACE}-${SPAN}-01`,
    'x-trace-id': TRACE,
  })
  assert.deepEqual(incoming, { trace_id: TRACE })
  assert.deepEqual(ignored, [{ header: 'traceparent', reason: 'not a valid W3C traceparent' }])
})

const UUID = '4BF92F35-77b3-4da6-a3ce-929d0e0e4736'
test('x-trace-id is 32 hex digits or a UUID, in either case', () => {
  for (const value of [TRACE, TRACE.toUpperCase(), UUID, UUID.toLowerCase(), [UUID]]) {
    assert.deepEqual(read({ 'x-trace-id': value }), { trace_id: TRACE, ignored: [] })
  }
})

test('any other x-trace-id is ignored and noted, without its value', () => {
  const others = [
    TRACE.slice(1),
    `${TRACE}0`,
    `${TRACE.slice(1)}g`,
    '0'.repeat(32),
    '00000000-0000-0000-0000-000000000000',
    `${TRACE.slice(0, 9)}-${TRACE.slice(9)}`,
    `{${UUID}}`,
    `urn:uuid:${UUID}`,
    `${TRACE}----`,
    'x'.repeat(1_000_000),
  ]
  for (const value of others) {
    assert.deepEqual(read({ 'x-trace-id': value }), {
      ignored: [{ header: 'x-trace-id', reason: 'not 32 hex digits or a UUID' }],
    })
  }
})

test('x-request-id and x-session-id are 1 to 128 plain characters', () => {
  const all = 'ABCXYZabcxyz0189._~:/+=-'
  assert.deepEqual(read({ 'x-request-id': all, 'x-session-id': 'x'.repeat(128) }), {
    request_id: all,
    session_id: 'x'.repeat(128),
    ignored: [],
  })
})

test('any other x-request-id or x-session-id is ignored and noted, without its value', () => {
  const others = [
    'x'.repeat(129),
    'two words',
    'a\tb',
    'a\nb',
    'a"b',
    '{"a":1}',
    '<script>',
    'é',
    'a,b',
    '%0a',
    '\u0000',
  ]
  for (const header of ['x-request-id', 'x-session-id']) {
    for (const value of others) {
      const { ignored, ...incoming } = read({ [header]: value })
      assert.deepEqual(incoming, {})
      assert.equal(ignored.length, 1)
      assert.equal(ignored[0]?.header, header)
      assert.ok(!JSON.stringify(ignored).includes(JSON.stringify(value).slice(1, -1)))
    }
  }
})

test('a header sent several times is ignored and noted', () => {
  for (const header of ['traceparent', 'x-trace-id', 'x-request-id', 'x-session-id']) {
    const value = header === 'traceparent' ? VALID : TRACE
    assert.deepEqual(read({ [header]: [value, value] }), {
      ignored: [{ header, reason: 'sent several times' }],
    })
  }
})

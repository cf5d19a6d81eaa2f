import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'

const redact = createRedactor({
  patterns: [{ type: 'badge', pattern: /\bB-\d{4,8}(?:-[A-Z]{1,3})?\b/ }],
  locales: ['uk', 'fr', 'br'],
})

/** What was worst for somebody's detectors once, and what looks like the beginning of everything that is looked for. */
const PIECES = [
  ...[
    'a.a.a.',
    '1-1-1-',
    '@@@@',
    '::::',
    'eyJ',
    'eyJhbGci.',
    'a@',
    'a@a.',
    '"@',
    '@[',
    '"a\\"',
    '.@',
  ],
  ...[
    '1.',
    '1 ',
    '(1)',
    '+1',
    '+1 ',
    '4111 ',
    '4444-',
    '1111111111111',
    '(020) ',
    '123-45-6789 ',
    '1.1.1.1.',
  ],
  ...['GB69 ', 'gb69', 'DE89 3704 ', 'a:a:', 'g:', '1:2:', '[::1]', 'fe80::', ':::'],
  ...[
    '=',
    'a=',
    'token:',
    'password=',
    'password: a1 ',
    'api_key = "',
    'secret":"',
    '://',
    'a://b:c@',
    '://a@',
  ],
  ...[
    '-',
    '_',
    'a-',
    'a_1',
    'a1-',
    'sk-',
    'ghp_',
    'xoxb-',
    'AKIA',
    'AIza',
    'SG.',
    'x1',
    '1x',
    '1x1 ',
  ],
  ...['token is aB3dE5gH7jK9mN1pQ ', '-----BEGIN PRIVATE KEY-----', '-----BEGIN ', '-----END '],
  ...[
    '\\',
    '\\n',
    '\\u0040',
    '\\\\u',
    '%41',
    '%E2%80%89',
    '%',
    '&#',
    '&#64;',
    '\u00a0',
    '\uff11',
    '\u{1d7ce}',
    '\u200b',
  ],
  ...[
    '{"a":',
    '[',
    '["',
    'data: ',
    'data: {}\n',
    'data: {\n',
    'data: {a}\n\n',
    'data: data: ',
    '\u001e{"a":"',
    '0:"a\n',
    '{"a":"b"}',
    '{}\n',
    ' \n',
    '\r\n',
    'call 123456 ',
    'B-1234',
    'AB 12 ',
  ],
]
const SMALL = 40_000
const TIMES = 8

for (const piece of PIECES) {
  test(`linear on ${JSON.stringify(piece)}: ${TIMES} times the text is not ${TIMES * TIMES} times the work`, () => {
    const text = (length: number) => piece.repeat(Math.ceil(length / piece.length))
    const small = effort(text(SMALL))
    const large = effort(text(SMALL * TIMES))
    // A quadratic scanner is at 64 times here.
    assert.ok(large < 4 * TIMES * Math.max(small, 2), `${small} then ${large} ms of CPU`)
  })
}

/** The least CPU time of three runs, in milliseconds: other processes do not count. */
function effort(text: string): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    redact(text)
    redact.findings(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...runs)
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { call, folderWith, jsonl, line, recount, span } from './helpers.ts'

const QUOTA = {
  error: {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  },
}
const KEYS = [
  'id',
  'category',
  'provider',
  'model',
  'request_id',
  'retryable',
  'retry_after_ms',
  'severity',
  'confidence',
  'evidence',
  'suggestions',
  'docs',
]

/** The lines of JSON that a run printed. */
function linesOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Record<string, unknown>)
}

test('each line of errors gives one line of diagnosis, with null fields, numeric codes and objects in raw', async (t) => {
  const input = jsonl(
    {
      id: 'a',
      message: 'gone wrong',
      status: null,
      code: 429,
      error_type: null,
      provider: 'openai',
      headers: { 'retry-after': '7' },
      raw: null,
    },
    { id: 'b', message: 'x', status: 429, provider: 'openai', raw: QUOTA },
    { id: 7, message: null, raw: JSON.stringify(QUOTA) },
  )
  const cwd = folderWith(t, { 'e.jsonl': input, 'e.jsonl.gz': gzipSync(input) })
  for (const args of [['e.jsonl'], ['e.jsonl.gz'], ['-']]) {
    const { status, stdout } = await recount(['diagnose', ...args, '--json'], {
      cwd,
      input: args[0] === '-' ? input : '',
    })
    assert.equal(status, 0)
    const lines = linesOf(stdout)
    assert.deepEqual(
      lines.map(({ id, category }) => [id, category]),
      [
        ['a', 'rate_limit'],
        ['b', 'insufficient_credits'],
        [7, 'insufficient_credits'],
      ],
    )
    for (const found of lines) for (const key of KEYS) assert.ok(key in found, key)
    assert.deepEqual([lines[0]?.retryable, lines[0]?.retry_after_ms], ['after_delay', 7000])
  }
})

test('our own lines are diagnosed where they tell of an error, and passed over elsewhere', async () => {
  const error = { type: 'RateLimitError', status: 429, message: 'Rate limit reached' }
  const refused = { type: 'Error', status: 401, message: 'Unauthorized' }
  const input = jsonl(
    call(span(1)),
    call(span(2), { status: 'error', error }),
    line('tool_call', span(3), {
      tool: 'crm',
      status: 'error',
      error: refused,
      start_time: 1,
      duration_ms: 1,
    }),
  )
  const { stdout, stderr } = await recount(['diagnose', '--json'], { input })
  assert.deepEqual(
    linesOf(stdout).map(({ id, category, model }) => [id, category, model]),
    [
      [span(2), 'rate_limit', 'acme-large'],
      [span(3), 'not_llm_error', null],
    ],
  )
  assert.match(stderr, /1 line without an error passed over/)
})

test('a pasted message of many lines is one error; a log of processes is many', async () => {
  const pasted = `API call failed:\n${JSON.stringify(QUOTA, null, 2)}\n  at ask (app.js:1:2)`
  assert.equal(linesOf((await recount(['diagnose', '--json'], { input: pasted })).stdout).length, 1)
  const prefix = 'Nov 30 02:07:12 web api[4291]: '
  const log = [
    `${prefix}listening`,
    `${prefix}Error: 429 ${JSON.stringify(QUOTA)}`,
    `${prefix}Error: prompt is too long: 213462 tokens > 200000 maximum`,
    `${prefix}done`,
  ]
  const { stdout } = await recount(['diagnose', '-', '--json'], { input: log.join('\n') })
  assert.deepEqual(
    linesOf(stdout).map(({ category }) => category),
    ['insufficient_credits', 'context_length_exceeded'],
  )
})

test('one message can be given on the command line, and is told to people in words', async () => {
  const { status, stdout } = await recount([
    'diagnose',
    '--message',
    'prompt is too long: 213462 tokens > 200000 maximum',
  ])
  assert.equal(status, 0)
  assert.match(stdout, /^context_length_exceeded/)
  assert.match(stdout, /213,462 tokens in a window of 200,000: drop at least 13,462\./)
  assert.match(stdout, /why .*prompt is too long/)
})

test('errors are counted by cause', async () => {
  const errors = [
    ...Array(4).fill({ provider: 'openai', status: 429, raw: QUOTA }),
    { provider: 'anthropic', status: 529, message: 'Overloaded' },
  ]
  const input = jsonl(...(errors as object[]))
  const { stdout } = await recount(['diagnose', '--group'], { input })
  assert.match(stdout, /^5 errors, 2 causes\n/)
  const json = JSON.parse((await recount(['diagnose', '--group', '--json'], { input })).stdout) as {
    errors: number
    causes: { count: number; category: string }[]
  }
  assert.deepEqual(
    [json.errors, json.causes.map(({ count, category }) => [count, category])],
    [
      5,
      [
        [4, 'insufficient_credits'],
        [1, 'overloaded'],
      ],
    ],
  )
})

test('rules of one’s own are used, a contradiction is told, a broken file ends with 2', async (t) => {
  const rules = {
    tables: [
      {
        name: 'ours',
        source: 'https://wiki.example',
        rules: [{ id: 'quota', category: 'rate_limit', code: 'insufficient_quota' }],
      },
    ],
  }
  const cwd = folderWith(t, {
    'rules.json': JSON.stringify(rules),
    'broken.json': '{"tables":[{}]}',
  })
  const input = jsonl({ code: 'insufficient_quota' })
  const { stdout, stderr } = await recount(['diagnose', '--json', '--rules', 'rules.json'], {
    cwd,
    input,
  })
  assert.equal(linesOf(stdout)[0]?.category, 'rate_limit')
  assert.match(
    stderr,
    /ours\.quota calls .* rate_limit, openai\.insufficient_quota calls it insufficient_credits/,
  )
  const broken = await recount(['diagnose', '--rules', 'broken.json'], { cwd, input })
  assert.equal(broken.status, 2)
  assert.match(broken.stderr, /DIAGNOSE_RULES_INVALID/)
})

test('what an error says does nothing to the terminal', async () => {
  const { stdout } = await recount([
    'diagnose',
    '--message',
    '\u001b[31m429 rate limit for model \u202ex',
  ])
  assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'))
})

test('an input without errors says so', async () => {
  const { status, stdout, stderr } = await recount(['diagnose', '-'], {
    input: jsonl(call(span(1))),
  })
  assert.deepEqual([status, stdout], [0, ''])
  assert.match(stderr, /no error/)
})

test('a body in the line after the one that announces it belongs to the same error', async () => {
  const body = {
    object: 'error',
    message: 'Rate limit exceeded',
    type: 'rate_limited',
    code: '1300',
  }
  for (const [first, lead] of [
    ['SDKError: API error occurred: Status 429', ''],
    ['SDKError: API error occurred: Status 429', 'Body: '],
    ['openai.RateLimitError: Error code: 429 -', ''],
    ['Response body:', ''],
  ]) {
    const input = `${first}\n${lead}${JSON.stringify(body)}\n    at ask (/app/ask.js:1:2)\n`
    const { stdout } = await recount(['diagnose', '-', '--json'], { input })
    assert.deepEqual(
      linesOf(stdout).map(({ category }) => category),
      ['rate_limit'],
      `${first} ${lead}`,
    )
  }
  const lines = `Something failed: see below\n${jsonl({ id: 1, ...body }, { id: 2, ...body })}`
  const { stdout } = await recount(['diagnose', '-', '--json'], { input: lines })
  assert.deepEqual(
    linesOf(stdout).map(({ id }) => id),
    [undefined, 1, 2],
  )
})

test('causes that no rule knows are told apart by their words; bytes that are no text are one cause', async (t) => {
  const bytes = Buffer.from(
    Array.from({ length: 20_000 }, (_, at) => (at * at * 31 + at * 7) % 256),
  )
  const cwd = folderWith(t, {
    'two.jsonl': jsonl(
      { message: 'the left pump stands still' },
      { message: 'the right one does' },
    ),
    'bytes.log': Buffer.concat([bytes, Buffer.from('\n2026-01-01 10:00:00 failed\0\0\0\n'), bytes]),
  })
  const two = await recount(['diagnose', 'two.jsonl', '--group'], { cwd })
  assert.match(two.stdout, /2 errors, 2 causes/)
  assert.match(two.stdout, /“the left pump stands still”[\s\S]*“the right one does”/)
  const none = await recount(['diagnose', 'bytes.log', '--group'], { cwd })
  assert.match(none.stdout, /, 1 cause\n/)
})

test('rules that define a built-in category anew are told of, and the help says how it ends', async (t) => {
  const categories = [{ id: 'rate_limit', retryable: 'no', severity: 'info', meaning: 'Ours.' }]
  const cwd = folderWith(t, {
    'rules.json': JSON.stringify({ categories }),
    'bad.json': '{"tables": 7}',
  })
  const args = ['diagnose', '--message', 'Rate limit reached for gpt-4o', '--rules']
  const told = await recount([...args, 'rules.json'], { cwd })
  assert.equal(told.status, 0)
  assert.match(told.stderr, /built-in category rate_limit anew/)
  assert.match(told.stdout, /do not try again/)
  assert.equal((await recount([...args, 'bad.json'], { cwd })).status, 2)
  assert.equal((await recount([...args, 'absent.json'], { cwd })).status, 3)
  const { stdout } = await recount(['diagnose', '--help'], { cwd })
  assert.match(stdout, /2 wrong usage, or rules that are not valid; 3 a file that cannot be read/)
})

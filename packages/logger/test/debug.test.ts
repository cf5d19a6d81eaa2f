import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger, type Logger } from '../src/create-logger.ts'
import type { Destination } from '../src/destination/destination.ts'
import { readable } from '../src/readable.ts'
import { runFixture } from './child.ts'
import { filesIn, linesIn, parseLines, temporaryFolder } from './folder.ts'
import { assertValid } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

test('LLM_DEBUG prints each call for people: title, model, tokens, messages folded', async (t) => {
  const folder = temporaryFolder(t)
  const { stdout, stderr, code } = await runFixture('ready-logger', ['record'], folder, {
    LLM_DEBUG: 'true',
  })
  assert.deepEqual([stderr, code], ['', 0])
  assert.match(stdout, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: an ordinary line/m)
  assert.match(stdout, /^ {4}order_id: 7$/m)
  assert.match(stdout, /^\[[\d:.]+\] INFO: llm_call_started acme-large /m)
  assert.match(stdout, /^ {4}user: What is {1,3}\[31mthe {1,3}weather\?$/m)
  assert.match(stdout, /^ {4}assistant: It is .*… \(1\d{3} characters\)$/m)
  assert.match(stdout, /^\[[\d:.]+\] INFO: llm_call acme-large ok \d+ms 12→5 tokens /m)
  assert.match(stdout, /^\[[\d:.]+\] INFO: tool_call get_weather ok \d+ms/m)
  assert.match(stdout, /^\[[\d:.]+\] ERROR: llm_call acme-large error \d+ms/m)
  assert.match(stdout, /error: .*RangeError.*many tokens/)
  assert.match(stdout, /^ {6}at .*ready-logger/m)
})

test('control characters of model output, keys and ids never reach the terminal', async (t) => {
  const folder = temporaryFolder(t)
  const env = { LLM_DEBUG: '1' }
  const { stdout } = await runFixture('ready-logger', ['record'], folder, env)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none of them is there is the point
  assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/)
  const colored = await runFixture('ready-logger', ['record'], folder, { ...env, FORCE_COLOR: '1' })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours, and nothing else
  const others = colored.stdout.replaceAll(/\u001b\[\d{1,2}m/g, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  assert.doesNotMatch(others, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  assert.notEqual(others, colored.stdout)
  assert.ok(!colored.stdout.includes('What is \u001b'))
})

test('readable output has every ending of a destination: flush, fatal, reopen, close', () => {
  const calls: string[] = []
  const written: string[] = []
  const inner: Destination = {
    write: (line) => void written.push(line),
    flush: (callback) => {
      calls.push('flush')
      callback?.()
    },
    flushSync: () => void calls.push('flushSync'),
    reopen: () => void calls.push('reopen'),
    close: () => void calls.push('close'),
    dropped: { lines: 3, bytes: 30 },
    onReturn: undefined,
  }
  const destination = readable(inner, false)
  const log = createLogger({ destination, env: {} })
  log.fatal('over')
  log.flush()
  destination.reopen()
  destination.close()
  assert.deepEqual(calls, ['flushSync', 'flush', 'reopen', 'close'])
  assert.deepEqual(destination.dropped, { lines: 3, bytes: 30 })
  assert.match(written[0] ?? '', /^\[[\d:.]+\] FATAL: over\n$/)
  const report = { reason: 'EPIPE', count: 3, bytes: 30, from: 1, to: 2, sink: 'stdout' }
  assert.match(inner.onReturn?.(report) ?? '', /^\[[\d:.]+\] FATAL: records_dropped/)
})

test('readable output takes lines of any shape', () => {
  const written: string[] = []
  const inner = {
    write: (line: string) => void written.push(line),
    onReturn: undefined,
    dropped: {},
  }
  const destination = readable(inner as unknown as Destination, false)
  const lines = [
    '{"level":30}\n',
    '{"level":"info","time":"2026-01-01T10:00:00.000Z","msg":5}\n',
    '{"time":"now"}\n',
    'no JSON\u001b[2J\n',
    'null\n',
    '[]\n',
    '{"level":35,"time":1e300}\n',
  ]
  for (const line of lines) destination.write(line)
  assert.equal(written.length, lines.length)
  assert.match(written[1] ?? '', /^\[10:00:00\.000\] INFO: 5$/m)
  assert.equal(written[3], 'no JSON [2J\n')
})

function saving(folder: string, env: Record<string, string> = {}, wall = Date.now): Logger {
  return createLogger({
    destination: { write() {} },
    clock: { wall, monotonic: () => performance.now() },
    env: { LLM_SAVE_CONVERSATIONS: folder, ...env },
  })
}

test('a conversation is one file with messages, answer, model and usage, for its owner only', (t) => {
  const folder = join(temporaryFolder(t), 'saved')
  const reply = { text: 'sunny', usage: { input_tokens: 3, output_tokens: 1 }, password: 'c4n4ry' }
  const input = [{ role: 'user', content: 'weather?', api_key: 'c4n4ry' }]
  saving(folder).llm({ ...CALL, input }, () => reply)
  const [file = ''] = filesIn(folder)
  assert.match(file, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{32}-[0-9a-f]{16}\.json$/)
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  const text = readFileSync(join(folder, file), 'utf8')
  assert.doesNotMatch(text, /c4n4ry/)
  const saved = JSON.parse(text) as Record<string, unknown>
  assert.ok(file.includes(`${String(saved.trace_id)}-${String(saved.span_id)}`))
  assert.deepEqual(saved.messages, [
    { role: 'user', parts: [{ type: 'text', content: 'weather?' }], api_key: '[REDACTED]' },
  ])
  assert.deepEqual(saved.response, [
    { role: 'assistant', parts: [{ type: 'text', content: 'sunny' }] },
  ])
  assert.deepEqual(
    [saved.model, saved.input_tokens, saved.output_tokens, saved.status],
    ['acme-large', 3, 1, 'ok'],
  )
})

test('no two conversations have one name: 10,000 in one millisecond are 10,000 files', (t) => {
  const folder = join(temporaryFolder(t), 'saved')
  const log = saving(folder, {}, () => 1_800_000_000_000)
  log.trace('all in one trace', () => {
    for (let call = 0; call < 10_000; call++) log.llm(CALL, () => 'answer')
  })
  assert.equal(filesIn(folder).length, 10_000)
})

test('a failed call is saved with its error; one that asked for nothing is not saved', (t) => {
  const folder = join(temporaryFolder(t), 'saved')
  const log = saving(folder)
  assert.throws(() =>
    log.llm({ ...CALL, input: 'weather?' }, () => {
      throw new RangeError('too many')
    }),
  )
  log.llm({ ...CALL, input: 'weather?', content: false }, () => 'sunny')
  const [file = '', ...others] = filesIn(folder)
  assert.deepEqual(others, [])
  const saved = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { error?: unknown }
  assert.deepEqual(saved.error, { type: 'RangeError', message: 'too many' })
})

test('in production no conversation is saved', (t) => {
  const folder = join(temporaryFolder(t), 'saved')
  saving(folder, { NODE_ENV: 'production' }).llm(CALL, () => 'answer')
  assert.throws(() => filesIn(folder), { code: 'ENOENT' })
})

test("the seed's DebugMode: LLM_DEBUG prints what goes into a wrapped function and comes out of it; without it nothing is printed", async (t) => {
  const folder = temporaryFolder(t)
  const { stdout } = await runFixture('ready-logger', ['record'], folder, { LLM_DEBUG: 'true' })
  assert.match(stdout, /llm_call acme-small ok \d+ms/)
  assert.match(stdout, /^ {4}user: wrapped question$/m)
  assert.match(stdout, /^ {4}assistant: wrapped answer to 1$/m)
  const silent = await runFixture('ready-logger', ['record'], folder)
  assert.doesNotMatch(silent.stdout, /weather\?|wrapped/)
  assert.ok(parseLines(silent.stdout).length > 0)
})

test("the seed's DebugMode: LLM_LOG_PROMPTS, LLM_LOG_RESPONSES and LLM_SAVE_CONVERSATIONS each open their own part", async (t) => {
  for (const [variable, part, other] of [
    ['LLM_LOG_PROMPTS', 'input', 'output'],
    ['LLM_LOG_RESPONSES', 'output', 'input'],
  ] as const) {
    const folder = temporaryFolder(t)
    await runFixture('ready-logger', ['record'], folder, { [variable]: 'true' })
    const parts = linesIn(folder).map((line) => line.part)
    assert.deepEqual([parts.includes(part), parts.includes(other)], [true, false])
  }
  const folder = temporaryFolder(t)
  await runFixture('ready-logger', ['record'], folder, { LLM_SAVE_CONVERSATIONS: 'true' })
  const files = filesIn(folder)
  assert.equal(files.length, 3)
  assert.ok(files.every((file) => file.startsWith('conversations/')))
})

test("the seed's LLMLogger: request id, model, provider, operation, tokens, finish reason, tool calls, latency, user, session, tags, error and type", (t) => {
  const folder = temporaryFolder(t)
  const log = createLogger({ destination: join(folder, 'app.jsonl'), env: {} })
  const who = { request_id: 'r1', user_id: 'u1', session_id: 's1', tags: ['beta'] }
  const reply = {
    model: 'gpt-4o-2024-08-06',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [{ id: 'c1', function: { name: 'get_weather', arguments: '{}' } }],
        },
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 4 },
  }
  log.trace('complete', who, () => {
    log.llm({ provider: 'openai', model: 'gpt-4o', input: 'hidden' }, () => reply)
    assert.throws(() =>
      log.llm({ provider: 'openai', model: 'gpt-4o' }, () => {
        throw new TypeError('no')
      }),
    )
  })
  const lines = linesIn(folder)
  assertValid(lines)
  const [first, second] = lines.filter((line) => line.event === 'llm_call')
  for (const line of [first, second]) {
    const { request_id, user_id, session_id, tags } = line ?? {}
    assert.deepEqual({ request_id, user_id, session_id, tags }, who)
    assert.equal(typeof line?.duration_ms, 'number')
  }
  const { model, provider, operation, input_tokens, output_tokens, finish_reason, tools } =
    first ?? {}
  assert.deepEqual(
    { model, provider, operation, input_tokens, output_tokens, finish_reason, tools },
    {
      model: 'gpt-4o',
      provider: 'openai',
      operation: 'chat',
      input_tokens: 10,
      output_tokens: 4,
      finish_reason: 'tool_calls',
      tools: { called: ['get_weather'] },
    },
  )
  assert.deepEqual([second?.error, second?.level], [{ type: 'TypeError', message: 'no' }, 50])
  assert.doesNotMatch(JSON.stringify(lines), /hidden/)
})

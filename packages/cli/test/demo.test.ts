import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AnyRecord, EventTypes } from '@recount/record'
import stringWidth from 'string-width'
import { script } from '../src/demo/script.ts'
import { folderWith, type Run, recount } from './helpers.ts'

const cwd = mkdtempSync(join(tmpdir(), 'recount-demo-test-'))
const logFile = join(cwd, 'out', 'logs', 'app.jsonl')
let demo: Run
let records: readonly AnyRecord[]
let contents: readonly EventTypes['content'][]

before(async () => {
  demo = await recount(['demo', '--dir', 'out'], { cwd, env: onlyLoopback() })
  records = readRecords(logFile)
  const folder = join(cwd, 'out', 'logs', 'content')
  const lines = readdirSync(folder).flatMap((name) => readRecords(join(folder, name)))
  contents = of('content', lines)
})
after(() => rmSync(cwd, { recursive: true, force: true }))

test('the demo ends by itself with 0, tells its story on stdout, and only says on stderr that it is at work', () => {
  assert.equal(demo.status, 0, demo.stderr)
  assert.equal(demo.stderr, 'A support assistant is answering its customers …\n')
  for (const heading of [
    'One question',
    'All calls, counted',
    'What went wrong',
    'Who did what',
    'Go on',
  ])
    assert.match(demo.stdout, new RegExp(`^\\d  ${heading}`, 'm'))
})

test('the demo connects to 127.0.0.1 and to nothing else', () => {
  assert.doesNotMatch(demo.stderr, /FORBIDDEN/)
})

test('every line that the demo writes passes recount check', async () => {
  const { status, stdout } = await recount(['check', 'out/logs/**/*.jsonl'], { cwd })
  assert.equal(status, 0, stdout)
  assert.match(stdout, / 0 invalid$/m)
})

test('its numbers are those of the script', async () => {
  const { stdout } = await recount(['analyze', logFile, '--json'])
  const { input, totals } = JSON.parse(stdout) as {
    input: { records: number; interrupted: number }
    totals: Record<string, number>
  }
  const [left] = traceOf('message-aborted').calls
  const estimated = left?.output_tokens ?? 0
  const replies = script().flatMap((question) => question.replies)
  const usages = replies.map(({ usage = { input: 0, output: 0 }, staysOpen = false }) => ({
    input: usage.input,
    // Of a stream that is cut nobody knows how many tokens it had: they are estimated.
    output: staysOpen ? estimated : usage.output,
  }))
  assert.equal(input.records, replies.length)
  assert.equal(input.records, 40)
  assert.equal(input.interrupted, 0)
  assert.equal(totals.calls, 39)
  assert.equal(totals.retries, 1)
  assert.equal(totals.errors, 1)
  assert.equal(totals.aborted, 1)
  assert.equal(totals.input_tokens, sum(usages.map((usage) => usage.input)))
  assert.equal(totals.output_tokens, sum(usages.map((usage) => usage.output)))
})

test('tools that ran at the same time have the call that asked for them as parent, and calls have the trace', () => {
  const { calls, tools, root } = traceOf('message-tools')
  assert.equal(calls.length, 2)
  const [asking] = calls
  assert.deepEqual(asking?.tools?.called, ['lookup_order', 'track_parcel'])
  assert.deepEqual(
    tools.map(({ parent_span_id }) => parent_span_id),
    [asking?.span_id, asking?.span_id],
  )
  const [first, second] = tools as [EventTypes['tool_call'], EventTypes['tool_call']]
  assert.ok(second.start_time < first.start_time + first.duration_ms, 'they overlap')
  for (const call of calls) assert.equal(call.parent_span_id, root.span_id)
})

test('no record of one customer has another customer in it', () => {
  const users = new Map<string, Set<string | undefined>>()
  for (const { trace_id = '', user_id, event } of records) {
    if (event === 'user_action' || event === 'evaluation') continue
    users.set(trace_id, (users.get(trace_id) ?? new Set()).add(user_id))
  }
  assert.equal(users.size, script().length)
  for (const [trace, found] of users) assert.equal(found.size, 1, trace)
})

test('a streamed answer has its first token, usage, and no error', () => {
  const [call] = traceOf('message-stream').calls
  assert.equal(call?.status, 'ok')
  assert.ok((call?.ttft_ms ?? 0) > 0 && (call?.ttft_ms ?? 0) < (call?.duration_ms ?? 0))
  assert.deepEqual(
    [call?.input_tokens, call?.output_tokens, call?.cache_read_tokens],
    [388, 39, 320],
  )
})

test('a tool that fails is an error of the tool, not of the model', () => {
  const { tools, calls } = traceOf('message-tool-error')
  assert.equal(tools[0]?.status, 'error')
  assert.equal(tools[0]?.error?.type, 'OrderServiceError')
  assert.deepEqual(
    calls.map(({ status }) => status),
    ['ok', 'ok'],
  )
})

test('an answer that cannot be parsed: the call is ok, the verdict is not, the wire text is kept whole', () => {
  const { calls, validations } = traceOf('message-parser-failure')
  assert.equal(calls[0]?.status, 'ok')
  assert.equal(validations[0]?.passed, false)
  assert.equal(validations[0]?.rule, 'parse')
  const wire = contents.find(
    (record) => record.span_id === calls[0]?.span_id && record.part === 'raw_response',
  )
  const answer = JSON.parse(String(wire?.content)) as {
    choices: { message: { content: string } }[]
  }
  assert.match(answer.choices[0]?.message.content ?? '', /^Sure! Here is the answer:\n```json/)
})

test('a rate limit and its retry are two attempts that name each other', () => {
  const { calls } = traceOf('message-rate-limit')
  const [failed, repeated] = calls
  assert.equal(failed?.status, 'error')
  assert.equal(failed?.error?.status, 429)
  assert.equal(failed?.rate_limit?.['x-ratelimit-remaining-tokens'], 0)
  assert.equal(repeated?.retry_of, failed?.span_id)
  assert.equal(repeated?.attempt, 2)
  assert.ok((repeated?.call_duration_ms ?? 0) > (repeated?.duration_ms ?? 0) + 150)
})

test('a provider that is overloaded is replaced, and the replacement names what it replaces', () => {
  const [failed, other] = traceOf('message-fallback').calls
  assert.equal(failed?.error?.status, 529)
  assert.equal(other?.fallback_of, failed?.span_id)
  assert.equal(other?.provider, 'openai')
})

test('a stream that the customer leaves is aborted, with the text that had come and its partial cost', async () => {
  const { calls } = traceOf('message-aborted')
  const [call] = calls
  assert.deepEqual([call?.status, call?.usage_source], ['aborted', 'estimated'])
  assert.ok((call?.output_tokens ?? 0) > 1 && (call?.output_tokens ?? 0) < 100)
  assert.ok((call?.cost_usd ?? 0) > 0, 'the partial cost')
  const { stdout } = await recount(['show', 'message-aborted', logFile])
  assert.match(stdout, /output assistant: Parcels abroad take/)
})

test('the edit that named only a message is shown in its trace', async () => {
  const { stdout } = await recount(['show', 'message-stream', logFile])
  assert.match(stdout, /user edited 38 %: shorter/)
  assert.match(stdout, /into: Yes, within 30 days/)
})

test('content is kept apart from metadata, readable by its owner only', () => {
  const folder = join(cwd, 'out', 'logs', 'content')
  const [name = ''] = readdirSync(folder)
  assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(logFile, 'utf8'), /regional depot/)
  assert.match(readFileSync(join(folder, name), 'utf8'), /regional depot/)
})

test('each command that it prints works when it is pasted', () => {
  const commands = demo.stdout.split('\n').filter((text) => text.startsWith('  node '))
  assert.ok(commands.length >= 6)
  for (const command of commands) {
    const node = `PATH="${process.execPath.replace(/\/[^/]*$/, '')}:$PATH"`
    const { status, stderr } = spawnSync('bash', ['-c', `${node}; ${command}`], {
      cwd,
      encoding: 'utf8',
    })
    assert.equal(status, command.includes('--fail-on') ? 1 : 0, `${command}\n${stderr}`)
  }
})

test('it fits 80 columns, but for what is to be pasted', () => {
  const lines = demo.stdout.split('\n').filter((text) => !text.startsWith('  node '))
  assert.deepEqual(
    lines.filter((text) => stringWidth(text) > 80),
    [],
  )
  assert.ok(!demo.stdout.includes('\u001b'))
})

test('a folder with something in it is left alone', async (t) => {
  const folder = folderWith(t, { 'kept.txt': 'mine' })
  const { status, stderr } = await recount(['demo', '--dir', folder])
  assert.equal(status, 2)
  assert.match(stderr, /CLI_FOLDER_NOT_EMPTY/)
  assert.deepEqual(readdirSync(folder), ['kept.txt'])
})

test('what the environment asks of an application does not change the demo', async (t) => {
  const folder = folderWith(t)
  const env = {
    ...onlyLoopback(),
    ...{
      NODE_ENV: 'production',
      LLM_DEBUG: '1',
      LOG_LEVEL: 'silent',
      LLM_LOG_FILE: 'elsewhere.jsonl',
    },
    ...{ OPENAI_BASE_URL: 'http://192.0.2.1', ANTHROPIC_BASE_URL: 'http://192.0.2.1' },
    ...{ OPENAI_LOG: 'debug', ANTHROPIC_LOG: 'debug', TMPDIR: folder, FORCE_COLOR: '1' },
  }
  const { status, stdout, stderr } = await recount(['demo'], { cwd: folder, env })
  assert.equal(status, 0)
  assert.equal(stderr, demo.stderr)
  assert.ok(stdout.includes('\u001b[1m'))
  const [made = ''] = readdirSync(folder)
  assert.match(made, /^recount-demo-/)
  assert.equal(readRecords(join(folder, made, 'logs', 'app.jsonl')).length, records.length)
  assert.ok(
    !existsSync(join(folder, 'elsewhere.jsonl')) && !existsSync(join(folder, 'recount.key')),
  )
})

function onlyLoopback(): Record<string, string> {
  const guard = new URL('./fixtures/loopback-only.js', import.meta.url).href
  return { NODE_OPTIONS: `--import=${guard}` }
}

function readRecords(path: string): AnyRecord[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((text) => JSON.parse(text) as AnyRecord)
}

function traceOf(message_id: string): {
  root: EventTypes['step']
  calls: EventTypes['llm_call'][]
  tools: EventTypes['tool_call'][]
  validations: EventTypes['validation'][]
} {
  const answer = of('final_response', records).find((record) => record.message_id === message_id)
  const inTrace = records.filter(({ trace_id }) => trace_id === answer?.trace_id)
  const [root] = of('step', inTrace)
  assert.ok(root, message_id)
  return {
    root,
    calls: of('llm_call', inTrace),
    tools: of('tool_call', inTrace),
    validations: of('validation', inTrace),
  }
}

function of<Name extends keyof EventTypes>(
  event: Name,
  from: readonly AnyRecord[],
): EventTypes[Name][] {
  return from.filter((record) => record.event === event) as EventTypes[Name][]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

test('a folder whose name has control characters does not reach the terminal as it is', async () => {
  const attack = 'out\u001b]0;owned\u0007\u009b31m'
  const { status, stdout, stderr } = await recount(['demo', '--dir', attack], { cwd })
  assert.equal(status, 0)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { folderWith, jsonl, recount } from './helpers.ts'

const START = Date.parse('2026-03-01T12:00:00Z')

/** A call that the table prices at 0.0025 + 0.001 dollars. */
function call(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    level: 30,
    time: START + 500,
    recount: 1,
    event: 'llm_call',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    start_time: START,
    duration_ms: 500,
    status: 'ok',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o',
    input_tokens: 1000,
    output_tokens: 100,
    cost_usd: null,
    cost_source: 'unknown',
    ...over,
  }
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('every call has its cost by the table, and its version', async () => {
  const { status, stdout, stderr } = await recount(['reprice', '-'], { input: jsonl(call()) })
  assert.equal(status, 0)
  const [priced] = lines(stdout)
  assert.equal(priced?.cost_usd, 0.0035)
  assert.equal(priced?.cost_source, 'table')
  assert.match(String(priced?.price_version), /^genai-prices@/)
  assert.match(stderr, /^1 call in 1 line, 1 with another cost: \$0 before, \$0\.0035 now$/m)
})

test('what is no ended call stays to the byte: other lines, other events, a cut end, odd bytes', async () => {
  const cut = JSON.stringify(call()).slice(0, -20)
  const input = Buffer.concat([
    Buffer.from(' { "level": 30,  "msg": "llm_call" }\r\n\n'),
    Buffer.from([0xff, 0xfe, 0x22, 0x0a]),
    Buffer.from(jsonl(call({ event: 'llm_call_started' }), { event: 'llm_call', model: 'gpt-4o' })),
    Buffer.from(cut),
  ])
  const { status, stdout } = await recount(['reprice', '-'], { input })
  assert.equal(status, 0)
  assert.equal(stdout, input.toString())
})

test('a second run changes nothing', async () => {
  const input = jsonl(call(), call({ model: 'nobody-knows' }), call({ input_tokens: null }))
  const first = await recount(['reprice', '-'], { input })
  const second = await recount(['reprice', '-'], { input: first.stdout })
  assert.equal(second.stdout, first.stdout)
  assert.match(second.stderr, / 0 with another cost/)
})

test('your own prices come before the table, from their day on, and the line says so', async (t) => {
  const prices = [
    { match: 'gpt-4o*', provider: 'openai', input: 1, output: 1, from: '2026-01-01' },
    { match: 'gpt-4o*', input: 9, output: 9, from: '2026-06-01' },
  ]
  const cwd = folderWith(t, { 'prices.json': JSON.stringify({ prices }) })
  const later = { start_time: Date.parse('2026-07-01') }
  const earlier = { start_time: Date.parse('2025-07-01') }
  const input = jsonl(call(), call(later), call(earlier))
  const { stdout } = await recount(['reprice', '-', '--prices', 'prices.json'], { cwd, input })
  const priced = lines(stdout)
  assert.deepEqual(
    priced.map(({ cost_usd, cost_source }) => [cost_usd, cost_source]),
    [
      [0.0011, 'override'],
      [0.0099, 'override'],
      [0.0035, 'table'],
    ],
  )
  assert.match(String(priced[0]?.price_version), /^own-[0-9a-f]{12}$/)
})

test('another table is asked instead, and its digest is the version', async (t) => {
  const prices = { input_mtok: 100, output_mtok: 0 }
  const models = [{ id: 'gpt-4o', match: { equals: 'gpt-4o' }, prices }]
  const table = [{ id: 'openai', name: 'OpenAI', api_pattern: 'x', models }]
  const cwd = folderWith(t, { 'table.json': JSON.stringify(table) })
  const run = await recount(['reprice', '-', '--table', 'table.json'], {
    cwd,
    input: jsonl(call()),
  })
  const [priced] = lines(run.stdout)
  assert.equal(priced?.cost_usd, 0.1)
  assert.match(String(priced?.price_version), /^sha256-[0-9a-f]{12}$/)
})

test('unknown is null with the reason, and is counted', async () => {
  const input = jsonl(
    call({ cost_usd: 1, cost_source: 'table', price_version: 'old', model: 'nobody-knows' }),
    call({ service_tier: 'scale' }),
    call({ input_tokens: 10, cache_read_tokens: 20 }),
  )
  const { stdout, stderr } = await recount(['reprice', '-', '--json'], { input })
  for (const priced of lines(stdout)) {
    assert.equal(priced.cost_usd, null)
    assert.equal(priced.cost_source, 'unknown')
    assert.equal(priced.price_version, undefined)
    assert.equal(typeof priced.cost_reason, 'string')
  }
  const summary = JSON.parse(stderr)
  assert.equal(summary.after_unknown, 3)
  assert.equal(summary.before_unknown, 2)
  assert.equal(Object.keys(summary.reasons).length, 3)
})

test('a call recorded without a cost, as log.llm around a captured one, does not get one', async (t) => {
  const cwd = folderWith(t, { 'p.json': '[{"match": "*", "input": 1, "output": 1}]' })
  const input = jsonl(call({ cost_usd: undefined, cost_source: undefined }))
  for (const more of [[], ['--prices', 'p.json']]) {
    const { stdout, stderr } = await recount(['reprice', '-', '--json', ...more], { cwd, input })
    assert.equal(stdout, input)
    const { calls, without_cost, after_usd } = JSON.parse(stderr)
    assert.deepEqual([calls, without_cost, after_usd], [1, 1, 0])
  }
})

test('costs by your own prices stay where none are given; what is lost and gained is counted apart', async () => {
  const own = call({ cost_usd: 0.5, cost_source: 'override', price_version: 'own-1' })
  const lost = call({ cost_usd: 1, cost_source: 'table', model: 'nobody-knows' })
  const { stdout, stderr } = await recount(['reprice', '-', '--json'], {
    input: jsonl(own, lost, call()),
  })
  assert.deepEqual(lines(stdout)[0], own)
  const { kept, lost: gone, gained, changed } = JSON.parse(stderr)
  assert.deepEqual({ kept, gone, gained, changed }, { kept: 1, gone: 1, gained: 1, changed: 2 })
})

test('what a provider said that it takes stays, unless you have a price of your own', async (t) => {
  const cwd = folderWith(t, { 'p.json': '[{"match": "*", "input": 1, "output": 1}]' })
  const said = call({ provider: 'openrouter', cost_usd: 0.5, cost_source: 'provider' })
  const kept = await recount(['reprice', '-'], { input: jsonl(said) })
  assert.equal(lines(kept.stdout)[0]?.cost_usd, 0.5)
  const own = await recount(['reprice', '-', '--prices', 'p.json'], { cwd, input: jsonl(said) })
  assert.equal(lines(own.stdout)[0]?.cost_usd, 0.0011)
})

test('several files become one output, whole or not at all; gzip is read', async (t) => {
  const cwd = folderWith(t, {
    'a.jsonl': JSON.stringify(call()),
    'b.jsonl.gz': gzipSync(jsonl(call({ model: 'gpt-4o-mini' }))),
    'out.jsonl': 'before\n',
  })
  const done = await recount(['reprice', 'a.jsonl', 'b.jsonl.gz', '--out', 'out.jsonl'], { cwd })
  assert.deepEqual([done.status, done.stdout], [0, ''])
  const output = lines(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))
  // The first file's last line has no end: it was cut, or is still being written.
  assert.deepEqual(
    output.map(({ model }) => model),
    ['gpt-4o', 'gpt-4o-mini'],
  )
  assert.deepEqual(readdirSync(cwd).sort(), ['a.jsonl', 'b.jsonl.gz', 'out.jsonl'])
})

test('an output that cannot be finished leaves what was there', async (t) => {
  const cwd = folderWith(t, { 'a.jsonl': jsonl(call()), 'out.jsonl': 'before\n' })
  const failed = await recount(['reprice', 'a.jsonl', 'nowhere.jsonl', '--out', 'out.jsonl'], {
    cwd,
  })
  assert.notEqual(failed.status, 0)
  assert.equal(readFileSync(join(cwd, 'out.jsonl'), 'utf8'), 'before\n')
  assert.equal(existsSync(join(cwd, 'out.jsonl.tmp')), false)
})

test('wrong prices and tables are wrong usage, named with the reason', async (t) => {
  const cwd = folderWith(t, {
    'text.json': 'no JSON',
    'rule.json': '[{"match": "gpt-4o", "input": -1, "output": 1}]',
    'table.json': '{"models": []}',
  })
  const wrong: [string[], RegExp][] = [
    [['--prices', 'text.json'], /prices text\.json/],
    [['--prices', 'rule.json'], /prices\[0\]\.input/],
    [['--table', 'table.json'], /table table\.json/],
    [['--table', 'nowhere.json'], /nowhere\.json/],
  ]
  for (const [args, said] of wrong) {
    const { status, stderr } = await recount(['reprice', '-', ...args], { cwd, input: '' })
    assert.equal(status, 2)
    assert.match(stderr, said)
    assert.match(stderr, /CLI_OPTION_INVALID/)
  }
})

test('a line of many megabytes passes through, and the next one is priced', async () => {
  const long = JSON.stringify({ content: 'x'.repeat(20_000_000) })
  const input = `${long}\n${jsonl(call())}`
  const { status, stdout } = await recount(['reprice', '-'], { input })
  assert.equal(status, 0)
  assert.ok(stdout.startsWith(long))
  assert.equal(JSON.parse(stdout.slice(long.length + 1)).cost_usd, 0.0035)
})

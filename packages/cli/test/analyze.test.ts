import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GROUP_KEYS, METRICS } from '@recount/analyze'
import { call, folderWith, jsonl, recount, SHIM, span } from './helpers.ts'

const CALLS = jsonl(
  call(span(1), { duration_ms: 100, input_tokens: 10, output_tokens: 1 }),
  call(span(2), { duration_ms: 200, input_tokens: 20, output_tokens: 2, tenant_id: 'a' }),
  call(span(3), { status: 'error', error: { type: 'Timeout', message: 'late' } }),
)

test('--json is one document with the numbers', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const { status, stdout, stderr } = await recount(['analyze', 'app.jsonl', '--json'], { cwd })
  assert.equal(status, 0)
  assert.equal(stderr, '')
  const report = JSON.parse(stdout) as Record<string, Record<string, unknown>>
  assert.equal(report.totals?.calls, 3)
  assert.equal(report.totals?.errors, 1)
  assert.equal(report.latency_ms?.p50, 150)
  const other = await recount(['analyze', 'app.jsonl', '--format', 'json'], { cwd })
  assert.equal(other.stdout, stdout)
})

test('text is for people, and stdin is read', async () => {
  const { status, stdout } = await recount(['analyze', '-', '--by', 'tenant'], { input: CALLS })
  assert.equal(status, 0)
  assert.match(stdout, /^3 calls/m)
  assert.match(stdout, /By tenant/)
})

test('a broken bound ends with 1 and is named with the number found; the report is printed all the same', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const bounds = [
    '--fail-on',
    'error_rate > 10%',
    '--fail-on',
    'p95 > 1s',
    '--fail-on',
    'calls < 5',
  ]
  const { status, stdout, stderr } = await recount(['analyze', 'app.jsonl', '--json', ...bounds], {
    cwd,
  })
  assert.equal(status, 1)
  assert.equal((JSON.parse(stdout) as { totals: { calls: number } }).totals.calls, 3)
  const broken = stderr.trim().split('\n')
  assert.equal(broken.length, 2)
  assert.match(broken[0] ?? '', /error_rate > 10%.* is 33\.33 %, which is > 10 %/)
  assert.match(broken[1] ?? '', /calls < 5.* is 3/)
  const held = await recount(['analyze', 'app.jsonl', '--fail-on', 'p95 > 1s'], { cwd })
  assert.equal(held.status, 0)
})

test('a metric without data breaks its bound, unless --allow-empty', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const args = ['analyze', 'app.jsonl', '--fail-on', 'ttft_p95 > 1s']
  const { status, stderr } = await recount(args, { cwd })
  assert.equal(status, 1)
  assert.match(stderr, /no data/)
  assert.equal((await recount([...args, '--allow-empty'], { cwd })).status, 0)
})

test('--by may be repeated, and makes one compound key', async () => {
  const args = ['analyze', '-', '--json', '--by', 'tenant', '--by', 'model,provider']
  const { stdout } = await recount(args, { input: CALLS })
  const { by } = JSON.parse(stdout) as { by: string[] }
  assert.deepEqual(by, ['tenant', 'model', 'provider'])
})

test('--json has the verdict on every bound, broken or not', async () => {
  const bounds = ['error_rate > 10%', 'p95 > 1s', 'ttft_p95 > 1s']
  const options = bounds.flatMap((bound) => ['--fail-on', bound])
  const { status, stdout } = await recount(['analyze', '-', '--json', ...options], { input: CALLS })
  assert.equal(status, 1)
  const report = JSON.parse(stdout) as { bounds: object[] }
  assert.deepEqual(report.bounds, [
    { expr: 'error_rate > 10%', value: 1 / 3, passed: false },
    { expr: 'p95 > 1s', value: 195, passed: true },
    { expr: 'ttft_p95 > 1s', value: null, passed: false },
  ])
  const plain = await recount(['analyze', '-', '--json'], { input: CALLS })
  assert.deepEqual((JSON.parse(plain.stdout) as { bounds: object[] }).bounds, [])
})

test('--help names every metric of --fail-on, every key of --by and every --format', async () => {
  const { stdout } = await recount(['analyze', '--help'])
  const words = stdout.replace(/\s+/g, ' ')
  for (const name of [...METRICS, ...GROUP_KEYS, 'metadata.KEY'])
    assert.ok(words.includes(name), `--help says nothing of ${name}`)
  assert.match(words, /--format <format> text, json, markdown, html, prometheus or otlp/)
})

test('an expression, a key or a moment that is not understood is wrong usage, before anything is read', async () => {
  const wrong = [
    ['--fail-on', 'p95 is bad'],
    ['--fail-on', 'error_rate > 10'],
    ['--by', 'colour'],
    ['--since', 'lately'],
    ['--format', 'pdf'],
  ]
  for (const option of wrong) {
    const { status, stdout, stderr } = await recount(['analyze', '-', ...option], { input: CALLS })
    assert.equal(status, 2, option.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /^recount: .*\((ANALYZE|CLI)_[A-Z_]+\)\n$/)
  }
})

test('each --format writes the same numbers in its own form, with the verdicts on the bounds', async () => {
  const forms = {
    markdown: /^### ❌ Model calls: 1 of 1 bound broken\n[\s\S]*`calls > 0`/,
    html: /^<!doctype html>[\s\S]*calls &gt; 0[\s\S]*<\/html>\n$/,
    prometheus: /^# HELP recount_calls [\s\S]*recount_bound_broken\{expression="calls > 0"\} 1\n$/,
    otlp: /^\{"resourceMetrics":\[.*\]\}\n$/,
  }
  for (const [form, expected] of Object.entries(forms)) {
    const args = ['analyze', '-', '--format', form, '--fail-on', 'calls > 0']
    const { status, stdout } = await recount(args, { input: CALLS })
    assert.equal(status, 1, form)
    assert.match(stdout, expected)
  }
})

test('--baseline compares with files or the period before, and --fail-on with a sign holds the change', async (t) => {
  const slow = CALLS.replaceAll(/"duration_ms":(\d+)/g, '"duration_ms":$19')
  assert.notEqual(slow, CALLS)
  const cwd = folderWith(t, { 'app.jsonl': slow, 'old.jsonl': CALLS })
  const args = ['analyze', 'app.jsonl', '--baseline', 'old.jsonl', '--fail-on', 'p95 > +20%']
  const { status, stdout, stderr } = await recount(args, { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /^Against the baseline\n {2}of \d+ calls?/m)
  assert.match(stderr, /^Broken: --fail-on 'p95 > \+20%': The change of latency_ms\.p95/m)
  const same = await recount([...args.slice(0, 3), 'app.jsonl', ...args.slice(4)], { cwd })
  assert.equal(same.status, 0)
  const stdin = await recount(['analyze', '-', '--baseline', '7d'], { input: CALLS })
  assert.equal(stdin.status, 2)
})

test('--state reads only what is new, and merge adds such reports up', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const args = ['analyze', 'app.jsonl', '--state', 'state.json', '--json', '--mergeable', '--out']
  const same = await recount([...args, './state.json'], { cwd })
  assert.match(same.stderr, /Expected `--out` to be another file than that of `--state`/)
  assert.equal((await recount([...args, 'a.json'], { cwd })).status, 0)
  appendFileSync(join(cwd, 'app.jsonl'), CALLS)
  assert.equal((await recount([...args, 'b.json'], { cwd })).status, 0)
  const calls = (text: string) => (JSON.parse(text) as { totals: { calls: number } }).totals.calls
  const [a, b] = ['a.json', 'b.json'].map((name) => calls(readFileSync(join(cwd, name), 'utf8')))
  assert.equal(a, b)
  const { status, stdout } = await recount(['analyze', 'merge', 'a.json', 'b.json', '--json'], {
    cwd,
  })
  assert.equal(status, 0)
  assert.equal(calls(stdout), 2 * (a ?? 0))
  const wrong = await recount(['analyze', 'merge', 'app.jsonl'], { cwd })
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /app\.jsonl.*\(ANALYZE_REPORT_INVALID\)/)
})

test('Ctrl-C prints what was counted so far, marked partial, and exits 130', async (t) => {
  const cwd = folderWith(t, {})
  const child = spawn(process.execPath, [SHIM, 'analyze', '-', '--json'], { cwd })
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()))
  // More than a pipe holds: when the last byte is taken, lines have been read.
  await new Promise((taken) => child.stdin.write(CALLS.repeat(2_000), taken))
  child.kill('SIGINT')
  const [status] = (await once(child, 'close')) as [number]
  assert.equal(status, 130, output.err)
  const report = JSON.parse(output.out) as { partial: boolean; totals: { calls: number } }
  assert.equal(report.partial, true)
  assert.ok(report.totals.calls > 0)
  assert.match(output.err, /Stopped/)
})

test('--out writes all of it or nothing, and leaves nothing else behind', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS, 'report.json': 'before' })
  const args = ['analyze', 'app.jsonl', '--json', '--out']
  const { status, stdout } = await recount([...args, 'report.json'], { cwd })
  assert.equal(status, 0)
  assert.equal(stdout, '')
  const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')) as { totals: object }
  assert.ok(report.totals)
  const failed = await recount([...args, 'no-such-folder/report.json'], { cwd })
  assert.equal(failed.status, 3)
  assert.match(failed.stderr, /CLI_OUTPUT_FAILED/)
  assert.deepEqual(readdirSync(cwd).sort(), ['app.jsonl', 'report.json'])
})

test('--out writes into a pipe, and leaves it a pipe', { timeout: 60_000 }, async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const pipe = join(cwd, 'pipe')
  execFileSync('mkfifo', [pipe])
  const [{ status }, text] = await Promise.all([
    recount(['analyze', 'app.jsonl', '--json', '--out', 'pipe'], { cwd }).finally(() => {
      // Whoever reads a pipe waits for a writer, also where there was none.
      execFileSync('sh', ['-c', ': 1<> "$0"', pipe])
    }),
    readFile(pipe, 'utf8'),
  ])
  assert.equal(status, 0)
  assert.ok(lstatSync(pipe).isFIFO())
  assert.ok((JSON.parse(text) as { totals: object }).totals)
})

test('--out follows links to what they lead to, also when nothing is there yet, and leaves them links', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS, 'real/there.json': 'before' })
  symlinkSync('real/there.json', join(cwd, 'to-file'))
  symlinkSync('to-file', join(cwd, 'to-link'))
  symlinkSync('real/new.json', join(cwd, 'to-nothing'))
  symlinkSync('real/new-too.json', join(cwd, 'real-nothing'))
  symlinkSync('real-nothing', join(cwd, 'to-real-nothing'))
  const reached = {
    ...{ 'to-file': 'there.json', 'to-link': 'there.json', 'to-nothing': 'new.json' },
    ...{ 'to-real-nothing': 'new-too.json' },
  }
  for (const [link, file] of Object.entries(reached)) {
    const { status } = await recount(['analyze', 'app.jsonl', '--json', '--out', link], { cwd })
    assert.equal(status, 0)
    assert.ok(lstatSync(join(cwd, link)).isSymbolicLink())
    const report = JSON.parse(readFileSync(join(cwd, 'real', file), 'utf8')) as { totals: object }
    assert.ok(report.totals)
  }
  assert.deepEqual(readdirSync(join(cwd, 'real')).sort(), [
    'new-too.json',
    'new.json',
    'there.json',
  ])
  symlinkSync('round', join(cwd, 'round'))
  const round = await recount(['analyze', 'app.jsonl', '--out', 'round'], { cwd })
  assert.equal(round.status, 3)
  assert.match(round.stderr, /CLI_OUTPUT_FAILED/)
})

test('--out has no colours, even where the terminal has', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  await recount(['analyze', 'app.jsonl', '--out', 'report.txt'], { cwd, env: { FORCE_COLOR: '1' } })
  assert.ok(!readFileSync(join(cwd, 'report.txt'), 'utf8').includes('\u001b'))
})

test('foreign logs are read with --map, and --explain-input says how', async () => {
  const input = jsonl(
    { kind: 'chat', took: 1.5, engine: 'x' },
    { kind: 'chat', took: 2.5, engine: 'x' },
  )
  const maps = ['--map', 'duration_ms=took:s', '--map', 'model=engine']
  const { stdout } = await recount(['analyze', '-', '--json', '--explain-input', ...maps], {
    input,
  })
  const report = JSON.parse(stdout) as { latency_ms: { p50: number }; explain: object[] }
  assert.equal(report.latency_ms.p50, 2000)
  assert.equal(report.explain.length, 1)
})

test('a map that matches no line is a warning, on stderr where stdout is JSON', async () => {
  const args = ['analyze', '-', '--map', 'latency=nosuch']
  const text = await recount(args, { input: CALLS })
  assert.match(text.stdout, /! --map latency=nosuch matches no line of the input\.$/m)
  assert.equal(text.stderr, '')
  const json = await recount([...args, '--json'], { input: CALLS })
  assert.equal(json.stderr, 'Warning: --map latency=nosuch matches no line of the input\n')
})

test('--explain-input is printed as text, too', async () => {
  const { stdout } = await recount(['analyze', '-', '--explain-input'], { input: CALLS })
  assert.match(
    stdout,
    /^How the input was read\n {2}-: JSON Lines, 3 lines\n {4}3 records: Recount's own/m,
  )
})

test('text of a hostile log does not reach the terminal as it is', async () => {
  const attack = '\u001b]0;owned\u0007\u009b31m\u202e'
  const error = { type: attack, message: attack }
  const input = jsonl(
    call(span(1), { model: attack, tenant_id: attack }),
    call(span(2), { model: attack, status: 'error', error }),
  )
  for (const form of [[], ['--json']]) {
    const { status, stdout } = await recount(['analyze', '-', '--by', 'tenant', ...form], { input })
    assert.equal(status, 0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})

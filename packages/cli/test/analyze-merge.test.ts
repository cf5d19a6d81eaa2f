import assert from 'node:assert/strict'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span } from './helpers.ts'

const CALLS = jsonl(
  call(span(1), { duration_ms: 100, input_tokens: 10, output_tokens: 1 }),
  call(span(2), { duration_ms: 200, input_tokens: 20, output_tokens: 2, tenant_id: 'a' }),
  call(span(3), { status: 'error', error: { type: 'Timeout', message: 'late' } }),
)

test('merge takes each report once, refuses what it would ignore, and has its own help', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const make = ['analyze', 'app.jsonl', '--json', '--mergeable', '--by', 'user', '--out', 'a.json']
  assert.equal((await recount(make, { cwd })).status, 0)
  writeFileSync(join(cwd, 'b.json'), readFileSync(join(cwd, 'a.json')))
  symlinkSync('a.json', join(cwd, 'c.json'))
  const merge = (...args: string[]) => recount(['analyze', 'merge', ...args], { cwd })
  const refused: [string[], RegExp][] = [
    [['a.json', 'a.json'], /each report once, got a\.json and a\.json/],
    [['a.json', 'c.json'], /each report once, got a\.json and c\.json/],
    [['a.json', '--since', '24h'], /no `--since` with merge/],
    [['a.json', '--explain-input'], /no `--explain-input` with merge/],
    [['a.json', '--state', 'x'], /no `--state` with merge/],
    [['a.json', '--by', 'model'], /`--by` with merge to be user, got model/],
    [['a.json', '--out', 'a.json'], /another file than what is read, got a\.json/],
  ]
  for (const [args, expected] of refused) {
    const { status, stderr } = await merge(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, expected)
  }
  const twice = await merge('a.json', 'b.json', '--by', 'user', '--json')
  assert.equal(twice.status, 0)
  assert.match(twice.stderr, /Warning: a\.json and b\.json are the same to the last byte/)
  const help = await merge('--help')
  assert.match(help.stdout, /^Usage: recount analyze merge \[options\] \[reports\.\.\.\]/)
  assert.doesNotMatch(help.stdout, /--since/)
  writeFileSync(join(cwd, 'merge'), CALLS)
  assert.match((await merge()).stdout, /calls? · /)
})

test('--out never writes over what is read, and --json is not contradicted', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS, 'old.jsonl': CALLS })
  symlinkSync('app.jsonl', join(cwd, 'link'))
  const wrong = [
    ...['app.jsonl', 'link', './app.jsonl'].map((out) => ['--out', out]),
    ['--baseline', 'old.jsonl', '--out', 'old.jsonl'],
    ...['html', 'text'].map((format) => ['--json', '--format', format]),
  ]
  for (const args of wrong) {
    const { status, stderr } = await recount(['analyze', 'app.jsonl', ...args], { cwd })
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /\(CLI_OPTION_INVALID\)/)
  }
  for (const name of ['app.jsonl', 'old.jsonl'])
    assert.equal(readFileSync(join(cwd, name), 'utf8'), CALLS)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { call, folderWith, jsonl, recount, span, step } from './helpers.ts'

const GOOD = jsonl(step(span(1)), call(span(2), { parent_span_id: span(1) }))
const BAD = jsonl(call(span(3), { status: 'done' }))

test('valid lines end with 0 and a summary', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': GOOD })
  const { status, stdout, stderr } = await recount(['check', 'app.jsonl'], { cwd })
  assert.equal(status, 0)
  assert.equal(stdout, 'All valid: 2 lines in 1 file: 2 valid, 0 invalid\n')
  assert.equal(stderr, '')
})

test('an invalid line is named by file:line, key and rule, and ends with 1', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': GOOD + BAD })
  const { status, stdout } = await recount(['check', 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /^app\.jsonl:3: \/status must be one of .*, got "done" \(enum\)$/m)
  assert.match(stdout, /^Not all valid: 3 lines in 1 file: 2 valid, 1 invalid$/m)
})

test('malformed JSON, a cut last line, bytes that are not UTF-8 and a line that is no object are findings', async (t) => {
  const notText = Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 10])
  const log = Buffer.concat([
    Buffer.from('{"level":\n5\n'),
    notText,
    Buffer.from('{"recount":1,"ev'),
  ])
  const cwd = folderWith(t, { 'app.jsonl': log })
  const { status, stdout } = await recount(['check', 'app.jsonl', '--json'], { cwd })
  assert.equal(status, 1)
  const found = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>)
  assert.deepEqual(
    found.map(({ file, line, rule }) => [file, line, rule]),
    [
      ['app.jsonl', 1, 'json'],
      ['app.jsonl', 2, 'object'],
      ['app.jsonl', 3, 'utf-8'],
      ['app.jsonl', 4, 'cut'],
    ],
  )
})

test('ordinary pino lines are counted as other log lines and are no findings', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': `${jsonl({ level: 30, msg: 'hello' })}\n${GOOD}` })
  const { status, stdout } = await recount(['check', 'app.jsonl'], { cwd })
  assert.equal(status, 0)
  assert.match(stdout, /4 lines in 1 file: 2 valid, 0 invalid, 1 other log line, 1 blank line/)
})

test('where no line is a record nothing is valid: a warning, and 1', async (t) => {
  const other = jsonl({ level: 30, msg: 'hello' }, { a: 1 })
  const cwd = folderWith(t, {
    'other.jsonl': other,
    'empty.jsonl': '',
    'mixed.jsonl': other + GOOD,
  })
  for (const file of ['other.jsonl', 'empty.jsonl']) {
    for (const form of [[], ['--json']]) {
      const { status, stdout, stderr } = await recount(['check', file, ...form], { cwd })
      assert.equal(status, 1, file)
      assert.doesNotMatch(stdout, /valid:/)
      assert.match(stderr, /^Warning: nothing to check: no line is a record of Recount\n/)
    }
  }
  const text = await recount(['check', 'other.jsonl'], { cwd })
  assert.equal(
    text.stdout,
    'Nothing checked: 2 lines in 1 file: 0 valid, 0 invalid, 2 other log lines\n',
  )
  const mixed = await recount(['check', 'mixed.jsonl'], { cwd })
  assert.deepEqual([mixed.status, mixed.stderr], [0, ''])
})

test('with --json stdout has findings only, one a line, and the summary goes to stderr', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': BAD })
  const { stdout, stderr } = await recount(['check', 'app.jsonl', '--json'], { cwd })
  const finding = JSON.parse(stdout) as Record<string, unknown>
  assert.deepEqual(Object.keys(finding), ['file', 'line', 'key', 'rule', 'message'])
  assert.deepEqual(JSON.parse(stderr), {
    files: 1,
    lines: 1,
    valid: 0,
    not_ours: 0,
    blank: 0,
    invalid: 1,
    damaged: 0,
    findings: 1,
  })
})

test('findings beyond --max-findings are counted, not printed', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': BAD.repeat(150) })
  const few = await recount(['check', 'app.jsonl', '--max-findings', '2'], { cwd })
  assert.equal(few.stdout.split('\n').filter((text) => text.startsWith('app.jsonl:')).length, 2)
  assert.match(few.stderr, /^148 more findings not printed/)
  assert.match(few.stdout, /150 invalid/)
  const usual = await recount(['check', 'app.jsonl'], { cwd })
  assert.match(usual.stderr, /^50 more findings not printed/)
})

test('globs, gzip and stdin are read', async (t) => {
  const cwd = folderWith(t, { 'logs/a.jsonl': GOOD, 'logs/old/b.jsonl.gz': gzipSync(GOOD) })
  const both = await recount(['check', 'logs/**/*.jsonl*'], { cwd })
  assert.match(both.stdout, /4 lines in 2 files: 4 valid/)
  const stdin = await recount(['check', '-'], { cwd, input: BAD })
  assert.equal(stdin.status, 1)
  assert.match(stdin.stdout, /^-:1: /)
})

test('a gzip file that is cut is a finding of its own', async (t) => {
  const packed = gzipSync(GOOD.repeat(50))
  const cwd = folderWith(t, { 'a.jsonl.gz': packed.subarray(0, packed.length - 9) })
  const { status, stdout } = await recount(['check', 'a.jsonl.gz'], { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /^a\.jsonl\.gz: the gzip data is cut.*\(gzip\)$/m)
  assert.match(stdout, /1 damaged file/)
})

test('without files ./logs is read, and that is said on stderr', async (t) => {
  const cwd = folderWith(t, { 'logs/app.jsonl': GOOD, 'other.jsonl': BAD })
  const { status, stderr } = await recount(['check'], { cwd })
  assert.equal(status, 0)
  assert.equal(stderr, 'Reading ./logs/**/*.jsonl* (1 file)\n')
})

test('RECOUNT_DB is named as left out, because databases are not there yet', async (t) => {
  const cwd = folderWith(t, { 'logs/app.jsonl': GOOD })
  const { stderr } = await recount(['check'], { cwd, env: { RECOUNT_DB: 'some.db' } })
  assert.match(stderr, /^\$RECOUNT_DB \(some\.db\) is left out/)
})

test('nothing to read is wrong usage, a missing file could not be read', async (t) => {
  const cwd = folderWith(t)
  const nothing = await recount(['check'], { cwd })
  assert.equal(nothing.status, 2)
  assert.match(nothing.stderr, /^recount: No files were named.*\(CLI_NO_INPUT\)\n$/)
  const missing = await recount(['check', 'nowhere.jsonl'], { cwd })
  assert.equal(missing.status, 3)
  assert.match(missing.stderr, /^recount: There is no file nowhere\.jsonl/)
})

test('text of a hostile log does not reach the terminal as it is', async (t) => {
  const attack = '\u001b]0;owned\u0007\u009b31m\u202e'
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1), { status: attack, [attack]: 1 })) })
  for (const args of [
    ['check', 'app.jsonl'],
    ['check', 'app.jsonl', '--json'],
  ]) {
    const { status, stdout } = await recount(args, { cwd })
    assert.equal(status, 1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})

test('a line that is nested too deeply is a finding, and the next one is read', async (t) => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const lines = [`{"recount":${deep}}`, call(span(1), { params: 'DEEP' }), call(span(2))].map(
    (record) => (typeof record === 'string' ? record : JSON.stringify(record)),
  )
  const log = `${lines.join('\n').replace('"DEEP"', deep)}\n`
  const cwd = folderWith(t, { 'app.jsonl': log })
  const { status, stdout } = await recount(['check', 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /^app\.jsonl:1: malformed: nested too deeply.*\(too-deep\)$/m)
  assert.match(stdout, /^app\.jsonl:2: malformed: nested too deeply.*\(too-deep\)$/m)
  assert.match(stdout, /3 lines in 1 file: 1 valid, 2 invalid/)
})

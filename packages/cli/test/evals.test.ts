import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, content, folderWith, jsonl, line, recount, span, TRACE } from './helpers.ts'
import { recountHere } from './in-process.ts'

const said = (role: string, text: string): object[] => [
  { role, parts: [{ type: 'text', content: text }] },
]
const asked = (id: string, question: string, answer: string, fields: object = {}): object[] => [
  call(id, fields),
  content(id, 'input', said('user', question)),
  content(id, 'output', said('assistant', answer)),
]
// Built at run time, so that nobody takes it for a real one.
const KEY = ['sk', 'proj', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6'].join('-')
const LOG = jsonl(
  ...asked(span(1), `my key is ${KEY}`, 'write to ada@example.org'),
  line('user_action', span(1), { action: 'retried', comment: `try ${KEY}` }),
  ...asked(span(2), 'When?', 'Tomorrow', { model: 'acme-small' }),
  line('user_action', span(2), { action: 'accepted' }),
  ...asked(span(3), 'Where?', 'Here'),
)

test('what was recorded in clear leaves redacted, in every format', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  for (const format of ['jsonl', 'openai', 'promptfoo', 'langfuse', 'braintrust', 'langsmith']) {
    const run = await recountHere(['evals', 'export', 'app.jsonl', '--format', format], { cwd })
    assert.equal(run.status, 0, run.stderr)
    assert.equal(run.stdout.trimEnd().split('\n').length, 3)
    for (const secret of [KEY, 'ada@example.org'])
      assert.ok(!run.stdout.includes(secret), `${secret} in ${format}`)
    assert.match(run.stdout, /\[REDACTED/)
  }
})

test('flags, actions and ids choose the same calls in files and in a store', async (t) => {
  const cwd = folderWith(t, {
    'app.jsonl': LOG,
    'ids.txt': `${span(2)}\n{"span_id":"${span(3)}"}\n\n`,
  })
  await recountHere(['index', 'app.jsonl', '--db', 'x.db'], { cwd })
  const cases: [string[], string[]][] = [
    [['-m', 'acme-small'], [span(2)]],
    [
      ['--action', 'retried,accepted'],
      [span(1), span(2)],
    ],
    [['--action', 'retried', '-m', 'acme-small'], []],
    [
      [span(3), span(2)],
      [span(2), span(3)],
    ],
    [
      ['--ids', 'ids.txt'],
      [span(2), span(3)],
    ],
    [['-n', '0'], []],
  ]
  for (const source of [['app.jsonl'], ['--db', 'x.db']])
    for (const [args, expected] of cases) {
      const run = await recountHere(['evals', 'export', ...args, ...source], { cwd })
      assert.equal(run.status, 0, run.stderr)
      const ids = run.stdout
        .split('\n')
        .flatMap((one) => one && (JSON.parse(one) as { id: string }).id)
      assert.deepEqual(ids.filter((id) => id !== '').sort(), expected, args.join(' '))
    }
  const args = ['evals', 'export', '--ids', '-', '--db', 'x.db']
  const piped = await recount(args, { cwd, input: `${span(1)}\n` })
  assert.equal((JSON.parse(piped.stdout) as { id: string }).id, span(1))
  const trace = await recountHere(['evals', 'export', TRACE, '--db', 'x.db'], { cwd })
  assert.equal(trace.stdout.trimEnd().split('\n').length, 1)
})

test('an id that nothing has is named, and the exit code says so', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  const args = ['evals', 'export', span(2), 'ffff/../../x', 'app.jsonl']
  const { status, stdout, stderr } = await recountHere(args, { cwd })
  assert.equal(status, 1)
  assert.equal(stdout.trimEnd().split('\n').length, 1)
  assert.match(stderr, /No call has the id ffff\/\.\.\/\.\.\/x/)
})

test('what cannot be meant is wrong usage, before anything is written', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  for (const args of [
    ['--format', 'csv'],
    ['--by', 'model'],
    ['--sample', '2', '--by', 'colour'],
    ['--sample', '0'],
    ['--action', 'liked'],
    ['--format', 'promptfoo', '--assert', 'javascript'],
    [span(2), '-m', 'acme-small'],
  ]) {
    const run = await recountHere(['evals', 'export', ...args, 'app.jsonl', '--out', 'rows'], {
      cwd,
    })
    assert.equal(run.status, 2, `${args.join(' ')}: ${run.stderr}`)
    assert.equal(existsSync(join(cwd, 'rows')), false, args.join(' '))
  }
  assert.deepEqual(readdirSync(cwd), ['app.jsonl'])
})

test('a file of rows is whole and its owner’s alone, also where there was one before', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG, 'rows.jsonl': 'before' })
  chmodSync(join(cwd, 'rows.jsonl'), 0o644)
  const args = ['evals', 'export', 'app.jsonl', '--out', 'rows.jsonl']
  const run = await recountHere(args, { cwd })
  assert.equal(run.status, 0, run.stderr)
  assert.equal(run.stdout, '')
  assert.match(run.stderr, /3 rows in rows\.jsonl/)
  assert.equal(statSync(join(cwd, 'rows.jsonl')).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(cwd, 'rows.jsonl'), 'utf8').trimEnd().split('\n').length, 3)
})

test('a sample is the same for a seed, in files and in a store', async (t) => {
  const many = Array.from({ length: 40 }, (_, at) =>
    asked(span(at + 1), `q ${at}`, 'a', { model: at % 4 === 0 ? 'rare' : 'common' }),
  )
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...many.flat()) })
  await recountHere(['index', 'app.jsonl', '--db', 'x.db'], { cwd })
  const sample = async (...args: string[]): Promise<string> =>
    (await recountHere(['evals', 'export', '--sample', '6', ...args], { cwd })).stdout
  const first = await sample('--seed', 'x', '--by', 'model', 'app.jsonl')
  assert.equal(await sample('--seed', 'x', '--by', 'model', '--db', 'x.db'), first)
  assert.notEqual(await sample('--seed', 'y', '--by', 'model', '--db', 'x.db'), first)
  assert.equal(first.match(/"model":"rare"/g)?.length, 3)
})

test('an output that cannot be written is named in words, without the name of a file of ours', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG, 'file.txt': '' })
  const cases = [
    ['/', 'Could not write /: it is a folder; name a file'],
    ['.', 'Could not write .: it is a folder; name a file'],
    ['none/rows.jsonl', 'Could not write none/rows.jsonl: there is no folder none'],
    ['file.txt/rows', 'Could not write file.txt/rows: file.txt is no folder'],
  ] as const
  for (const [out, message] of cases)
    for (const command of [['evals', 'export'], ['reprice'], ['analyze']]) {
      const run = await recountHere([...command, 'app.jsonl', '--out', out], { cwd })
      assert.equal(run.status, 3)
      assert.ok(run.stderr.includes(`${message} (CLI_OUTPUT_FAILED)`), run.stderr)
    }
})

test('attempts that were repeated are left out, and told apart from calls of which nothing was kept', async (t) => {
  const attempts = jsonl(
    call(span(1), { status: 'error', error: { type: 'Late', status: null, message: 'x' } }),
    content(span(1), 'input', said('user', 'When?')),
    call(span(2), { retry_of: span(1) }),
    content(span(2), 'input', said('user', 'When?')),
    call(span(3)),
  )
  const cwd = folderWith(t, { 'app.jsonl': attempts })
  const { stderr } = await recountHere(['evals', 'export', 'app.jsonl'], { cwd })
  assert.match(stderr, /1 attempt left out: others repeated them/)
  assert.match(stderr, /1 call left out: nothing was kept/)
})

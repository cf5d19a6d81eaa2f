import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, content, folderWith, jsonl, recount, span, TRACE } from './helpers.ts'
import { recountHere } from './in-process.ts'

const LOG = jsonl(
  call(span(1), { prompt: { name: 'triage', version: 7 }, message_id: 'm-1' }),
  content(span(1), 'input', [{ role: 'user', parts: [{ type: 'text', content: 'When?' }] }]),
)

test('a score is in the store and in a log, and is seen by logs, show, analyze and exports', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  await recountHere(['index', 'app.jsonl'], { cwd })
  const asked = ['score', 'm-1', 'helpful', '0.25', '--comment', 'ask ada@example.org']
  const args = [...asked, '--db', 'recount.db']
  const run = await recountHere(args, { cwd })
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stderr, new RegExp(`span ${span(1)} in recount\\.db and logs/scores\\.jsonl`))
  const log = readFileSync(join(cwd, 'logs/scores.jsonl'), 'utf8')
  assert.match(log, /^\{.*"explanation":"ask \[REDACTED:email\]".*\}\n$/)
  assert.equal(statSync(join(cwd, 'logs/scores.jsonl')).mode & 0o777, 0o600)
  for (const source of [
    ['app.jsonl', 'logs/scores.jsonl'],
    ['--db', 'recount.db'],
  ]) {
    const shown = await recountHere(['show', TRACE, ...source], { cwd })
    assert.match(shown.stdout, /human judges helpful 0\.25.*: ask \[REDACTED:email\]/)
    const listed = await recountHere(['logs', ...source], { cwd })
    assert.match(listed.stdout, /human judges helpful 0\.25/)
    const [row] = (await recountHere(['evals', 'export', ...source], { cwd })).stdout.split('\n')
    const { scores } = JSON.parse(row ?? '') as { scores: { name: string; score: number }[] }
    assert.deepEqual(
      scores.map(({ name, score }) => [name, score]),
      [['helpful', 0.25]],
    )
  }
  const files = ['app.jsonl', 'logs/scores.jsonl']
  const analyzed = await recountHere(['analyze', ...files, '--json'], { cwd })
  assert.match(
    analyzed.stdout,
    /"name": "helpful",\s+"prompt": "triage@7",\s+"count": 1,\s+"mean_score": 0\.25/,
  )
  const again = await recountHere(['index', 'logs/scores.jsonl', '--json'], { cwd })
  assert.deepEqual([JSON.parse(again.stdout).added, JSON.parse(again.stdout).known], [0, 1])
  assert.equal((await recountHere(['check', 'logs/scores.jsonl'], { cwd })).status, 0)
})

test('without a store a score goes into a log beside the files, and words are a label', async (t) => {
  const cwd = folderWith(t, { 'logs/app.jsonl': LOG })
  const files = ['logs/app.jsonl']
  const run = await recountHere(['score', span(1), 'tone', 'rude', ...files, '--json'], { cwd })
  assert.equal(run.status, 0, run.stderr)
  const printed = JSON.parse(run.stdout) as Record<string, unknown>
  assert.deepEqual([printed.label, printed.evaluator, 'score' in printed], ['rude', 'human', false])
  assert.match(readFileSync(join(cwd, 'logs/scores.jsonl'), 'utf8'), /"label":"rude"/)
  const shown = await recountHere(['show', TRACE, ...files, 'logs/scores.jsonl'], { cwd })
  assert.match(shown.stdout, /human judges tone rude/)
  assert.equal(existsSync(join(cwd, 'recount.db')), false)
})

test('after a line that a crash cut, a score begins a new one', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  writeFileSync(join(cwd, 'mine.jsonl'), '{"level":30,"ti')
  const args = ['score', span(1), 'helpful', '1', 'app.jsonl', '--log', 'mine.jsonl']
  assert.equal((await recountHere(args, { cwd })).status, 0)
  const [cut, line] = readFileSync(join(cwd, 'mine.jsonl'), 'utf8').split('\n')
  assert.equal(cut, '{"level":30,"ti')
  assert.equal((JSON.parse(line ?? '') as { score: number }).score, 1)
})

test('two processes that score at once both keep theirs', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  await recountHere(['index', 'app.jsonl'], { cwd })
  const names = ['a', 'b', 'c']
  const runs = await Promise.all(
    names.map((name) => recount(['score', span(1), name, '1'], { cwd })),
  )
  assert.deepEqual(
    runs.map(({ status }) => status),
    [0, 0, 0],
  )
  const lines = readFileSync(join(cwd, 'logs/scores.jsonl'), 'utf8').trimEnd().split('\n')
  const kept = lines.map((line) => (JSON.parse(line) as { name: string }).name)
  assert.deepEqual(kept.sort(), names)
  const { stdout } = await recountHere(['logs', '--db', 'recount.db'], { cwd })
  for (const name of names) assert.match(stdout, new RegExp(`judges ${name} 1`))
})

test('what has no such id, or no store, or no number beside a label, is not recorded', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  const cases: [string[], number, RegExp][] = [
    [['nothing', 'helpful', '1', 'app.jsonl'], 1, /CLI_TRACE_NOT_FOUND/],
    [[span(1), 'helpful', '1', '--db', 'none.db'], 2, /CLI_NO_INPUT/],
    [[span(1), 'helpful', 'good', '--label', 'bad', 'app.jsonl'], 2, /CLI_OPTION_INVALID/],
    [[span(1), 'helpful', '1', 'app.jsonl', '--no-log'], 2, /CLI_OPTION_INVALID/],
    [[span(1), ' ', '1', 'app.jsonl'], 2, /STORE_OPTION_INVALID/],
  ]
  for (const [args, status, code] of cases) {
    const run = await recountHere(['score', ...args], { cwd })
    assert.equal(run.status, status, run.stderr)
    assert.match(run.stderr, code)
  }
  for (const name of ['scores.jsonl', 'logs', 'none.db']) assert.ok(!existsSync(join(cwd, name)))
})

test('calls are found, counted and exported by their scores', async (t) => {
  const other = jsonl(call(span(2)), content(span(2), 'input', 'Where?'))
  const cwd = folderWith(t, { 'app.jsonl': LOG + other })
  const [store, files] = [
    ['--db', 'x.db'],
    ['app.jsonl', 'logs/scores.jsonl'],
  ]
  await recountHere(['index', 'app.jsonl', '--db', 'x.db'], { cwd })
  const scores = [
    [span(1), 'helpful', '0.25'],
    [span(2), 'helpful', '0.2'],
    [span(2), 'helpful', '0.9'],
    [span(2), 'tone', 'rude'],
  ]
  for (const score of scores) await recountHere(['score', ...score, ...store], { cwd })
  const cases = [
    ['helpful', [1, 2]],
    ['helpful<=0.5', [1]],
    ['helpful>=0.5', [2]],
    ['helpful=0.25', [1]],
    ['tone=rude', [2]],
    ['tone=kind', []],
  ] as const
  for (const [score, expected] of cases)
    for (const source of [store, files]) {
      const args = [...source, '--score', score]
      const { stdout } = await recountHere(['logs', ...args, '--json'], { cwd })
      const { items } = JSON.parse(stdout) as { items: { span: { span_id: string } }[] }
      assert.deepEqual(items.map((item) => item.span.span_id).sort(), expected.map(span), score)
      const costs = await recountHere(['costs', ...args, '--json'], { cwd })
      assert.equal(JSON.parse(costs.stdout).total?.calls ?? 0, expected.length, score)
      const rows = await recountHere(['evals', 'export', ...args], { cwd })
      assert.equal(rows.stdout.split('\n').length - 1, expected.length, score)
    }
  for (const score of ['', '=1', 'a>1', 'a>=x', 'a='])
    assert.equal((await recountHere(['logs', ...store, '--score', score], { cwd })).status, 2)
})

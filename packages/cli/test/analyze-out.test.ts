import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, SHIM, span } from './helpers.ts'
import { recountHere } from './in-process.ts'

const CALLS = jsonl(call(span(1), { duration_ms: 100 }), call(span(2), { duration_ms: 200 }))

test('a report and the state of its run are two files, also where there is neither yet', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  mkdirSync(join(cwd, 'real'))
  symlinkSync('real', join(cwd, 'folder'))
  symlinkSync('real/q', join(cwd, 'link'))
  const wrong = [
    ...['q', './q', 'real/../q', 'q.lock'].map((out) => [out, 'q']),
    ['folder/q', 'real/q'],
    ['link', 'real/q'],
    ['real/q', 'link'],
  ]
  for (const [out = '', state = ''] of wrong) {
    const args = ['analyze', 'app.jsonl', '--state', state, '--out', out]
    const { status, stderr } = await recountHere(args, { cwd })
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /another file than that of `--state`.*\(CLI_OPTION_INVALID\)/)
  }
  assert.deepEqual(readdirSync(cwd).sort(), ['app.jsonl', 'folder', 'link', 'real'])
  assert.deepEqual(readdirSync(join(cwd, 'real')), [])
})

test('--out never writes over a store that is read, a log that a pattern names, or the compressed form of one', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS, 'app.jsonl.gz': 'kept', 'old/a.jsonl': CALLS })
  await recount(['index', 'app.jsonl', '--db', 'kept.db'], { cwd })
  const wrong = [
    ['kept.db', '--out', 'kept.db'],
    ['app.jsonl', '--baseline', 'kept.db', '--out', 'kept.db'],
    ['app.jsonl', '--baseline', 'old/*.jsonl', '--out', 'old/a.jsonl'],
    ['*.jsonl*', '--out', 'app.jsonl.gz'],
  ]
  for (const args of wrong) {
    const out = join(cwd, args.at(-1) ?? '')
    const before = readFileSync(out)
    const { status, stderr } = await recountHere(['analyze', ...args], { cwd })
    assert.deepEqual(readFileSync(out), before)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /\(CLI_OPTION_INVALID\)/)
  }
})

test('a run whose report nobody takes leaves its state as it was, and no lock', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': CALLS })
  const child = spawn(process.execPath, [SHIM, 'analyze', 'app.jsonl', '--state', 's', '--json'], {
    cwd,
    stdio: ['ignore', openSync('/dev/full', 'w'), 'ignore'],
  })
  const [status] = (await once(child, 'close')) as [number]
  assert.equal(status, 3)
  assert.deepEqual(readdirSync(cwd), ['app.jsonl'])
})

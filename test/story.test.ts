import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { validateRecord } from '@recount/record/validate'
import { ROOT } from './repository.ts'

const PROGRAM = fileURLToPath(new URL('story-program.js', import.meta.url))
const CANARY = ['the', 'canary', 'sings'].join('-')

test('an application that is killed leaves a log that is valid, counted and shown', () => {
  inFolder((folder) => {
    assert.equal(application(folder, {}).signal, 'SIGKILL')
    const records = recordsIn(folder)
    assert.deepEqual(
      records.flatMap((record) => validateRecord(record)),
      [],
    )
    assert.equal(recount(folder, ['check', 'logs/app.jsonl']).status, 0)

    const numbers = analyze(folder)
    assert.equal(numbers.totals.calls, 2)
    assert.equal(numbers.totals.errors, 1)
    assert.equal(numbers.totals.input_tokens, 42)
    assert.equal(numbers.input.interrupted, 1)
    assert.deepEqual(numbers.input.skipped.malformed, 0)

    const trace = records.find(({ workflow }) => workflow === 'never-answered')?.trace_id
    const shown = recount(folder, ['show', trace ?? '', 'logs/app.jsonl'])
    assert.equal(shown.status, 0, shown.stderr)
    assert.match(shown.stdout, /acme-large/)
    assert.match(shown.stdout, /interrupted/)
  })
})

test('the next process goes on after a cut line, and the cut line is counted', () => {
  inFolder((folder) => {
    application(folder, {})
    appendFileSync(join(folder, 'logs/app.jsonl'), '{"level":30,"time":1,"recount":1,"event":"llm_')
    application(folder, {})
    const { input, totals } = analyze(folder)
    assert.equal(input.skipped.malformed, 1)
    assert.deepEqual([totals.calls, input.interrupted], [4, 2])
    assert.equal(recount(folder, ['check', 'logs/app.jsonl']).status, 1)
  })
})

test('nothing asked, nothing kept: no file holds what the model saw or said', () => {
  inFolder((folder) => {
    application(folder, {})
    assert.deepEqual(filesWith(folder, CANARY), [])
  })
})

test('in production, flags alone keep nothing, and a warning names them', () => {
  inFolder((folder) => {
    const flags = { LLM_DEBUG: '1', LLM_LOG_PROMPTS: '1', LLM_SAVE_CONVERSATIONS: 'saved' }
    const { stderr } = application(folder, { NODE_ENV: 'production', ...flags })
    assert.deepEqual(filesWith(folder, CANARY), [])
    for (const flag of Object.keys(flags)) assert.match(stderr, new RegExp(flag))
  })
})

test('content that was asked for goes to files of its own, and the log names it by digest', () => {
  inFolder((folder) => {
    application(folder, { LLM_LOG_PROMPTS: '1', LLM_LOG_RESPONSES: '1' })
    const files = filesWith(folder, CANARY)
    assert.ok(
      files.length > 0 && files.every((file) => file.startsWith('logs/content/')),
      `${files}`,
    )
    const digests = recordsIn(folder).flatMap(({ content = [] }) =>
      content.map(({ digest }) => digest),
    )
    const kept = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('')
    assert.ok(digests.length > 0 && digests.every((digest) => kept.includes(digest)))
  })
})

interface Loose {
  readonly trace_id?: string
  readonly workflow?: string
  readonly content?: readonly { readonly digest: string }[]
}

interface Numbers {
  readonly input: { readonly skipped: { readonly malformed: number }; readonly interrupted: number }
  readonly totals: {
    readonly calls: number
    readonly errors: number
    readonly input_tokens: number
  }
}

function application(folder: string, env: Record<string, string>): SpawnSyncReturns<string> {
  return run(folder, [PROGRAM], env)
}

function recount(folder: string, args: readonly string[]): SpawnSyncReturns<string> {
  return run(folder, [`${ROOT}packages/cli/bin/recount.js`, ...args], {})
}

function analyze(folder: string): Numbers {
  const { stdout, stderr } = recount(folder, ['analyze', 'logs/app.jsonl', '--json'])
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout) as Numbers
}

function run(
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): SpawnSyncReturns<string> {
  const clean = { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env }
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: clean })
}

function recordsIn(folder: string): Loose[] {
  const lines = readFileSync(join(folder, 'logs/app.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Loose)
}

/** Every file under a folder that holds a text, by its path in the folder. */
function filesWith(folder: string, text: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes(text))
    .map((path) => path.slice(folder.length + 1))
}

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'recount-story-'))
  try {
    use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, SHIM, span } from './helpers.ts'

const COMMANDS = ['analyze', 'audit', 'check', 'show', 'demo']

test('--help names every command, gives examples and the exit codes, and ends with 0', async () => {
  const { status, stdout, stderr } = await recount(['--help'])
  assert.equal(status, 0)
  assert.equal(stderr, '')
  for (const name of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${name} `, 'm'))
  assert.match(stdout, /^Examples:$/m)
  assert.match(stdout, /2 wrong usage/)
})

for (const name of COMMANDS) {
  test(`${name} --help has examples`, async () => {
    const { status, stdout } = await recount([name, '--help'])
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`Examples:\n {2}recount ${name}`))
  })
}

test('--version prints the version of the package', async () => {
  const manifest = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  assert.equal((await recount(['--version'])).stdout, `${version}\n`)
})

test('an unknown command or option is wrong usage, with a suggestion', async () => {
  const command = await recount(['analyse'])
  assert.equal(command.status, 2)
  assert.equal(command.stdout, '')
  assert.match(
    command.stderr,
    /^recount: unknown command 'analyse'. Did you mean analyze\? \(CLI_USAGE_INVALID\)\n$/,
  )
  const option = await recount(['check', '--jsno'])
  assert.equal(option.status, 2)
  assert.match(option.stderr, /Did you mean --json\? \(CLI_USAGE_INVALID\)\n$/)
})

test('no command at all is wrong usage', async () => {
  const { status, stdout, stderr } = await recount([])
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^Usage: recount/)
})

test('an option with a wrong value is wrong usage', async () => {
  const { status, stderr } = await recount(['check', '--max-findings', 'many'])
  assert.equal(status, 2)
  assert.match(
    stderr,
    /^recount: option '--max-findings <n>' argument 'many' is invalid.*\(CLI_USAGE_INVALID\)\n$/,
  )
})

test('commands and options of later versions say so and end with 2', async () => {
  const later = [['view'], ['replay', 'a1b2c3'], ['demo', '--open']]
  for (const args of later) {
    const { status, stderr } = await recount(args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /not in this version yet.*\(CLI_NOT_AVAILABLE\)\n$/)
  }
})

test('errors are one line without a stack, unless it is asked for', async () => {
  const plain = await recount(['check', 'nowhere'])
  assert.equal(plain.stderr.trim().split('\n').length, 1)
  const asked = await recount(['check', 'nowhere'], { env: { RECOUNT_DEBUG_STACK: '1' } })
  assert.match(asked.stderr, /\n {4}at /)
})

test('a reader that has seen enough is no error', async (t) => {
  const log = jsonl(call(span(1), { status: 'done' })).repeat(20_000)
  const cwd = folderWith(t, { 'app.jsonl': log })
  const args = [SHIM, 'check', 'app.jsonl', '--max-findings', '20000']
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const status = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(status, 0)
  assert.equal(stderr, '')
})

test('an interrupted command ends with 130', async () => {
  const child = spawn(process.execPath, [SHIM, 'check', '-'], { stdio: ['pipe', 'pipe', 'pipe'] })
  // A finding on stdout says that it is reading.
  child.stdin.write('{"recount":\n')
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGINT')
  const status = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(status, 130)
})

test('colour is off where nobody asked for it, FORCE_COLOR brings it', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  const plain = await recount(['check', 'app.jsonl'], { cwd })
  assert.ok(!plain.stdout.includes('\u001b'))
  const forced = await recount(['check', 'app.jsonl'], { cwd, env: { FORCE_COLOR: '1' } })
  assert.ok(forced.stdout.includes('\u001b[32m'))
})

test('what cannot be written to stdout is said on stderr, and ends with 3', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  for (const name of ['analyze', 'check', 'show']) {
    // A file that is open for reading refuses what is written, as a full device does.
    const stdout = openSync(join(cwd, 'app.jsonl'), 'r')
    const args = [SHIM, name, 'app.jsonl']
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', stdout, 'pipe'] })
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    closeSync(stdout)
    assert.equal(status, 3, name)
    assert.match(stderr, /^recount: Could not write to stdout: EBADF.*\(CLI_OUTPUT_FAILED\)\n$/m)
  }
})

test('what was typed does not reach the terminal as it is', async () => {
  const attack = '\u001b]0;owned\u0007\u009b31m\u202e'
  const typed = [
    [attack],
    ['check', `--${attack}`],
    ['check', '--max-findings', attack],
    ['check', attack],
    ['show', attack, attack],
    ['analyze', '--by', attack],
  ]
  for (const args of typed) {
    const run = await recount(args, { env: { RECOUNT_DB: attack, RECOUNT_DEBUG_STACK: '1' } })
    assert.notEqual(run.status, 0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(run.stdout + run.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { speaks } from '../src/stdin.ts'
import { call, folderWith, jsonl, recount, SHIM, span, step, TRACE } from './helpers.ts'

const LOGS = { 'logs/app.jsonl': jsonl(step(span(9))) }
const PIPED = jsonl(step(span(1)), call(span(2), { parent_span_id: span(1) }))
const SAID = /^Reading stdin: no FILES were named\n/

test('what is piped in is read where no files are named, and that is said', async (t) => {
  const cwd = folderWith(t, LOGS)
  const check = await recount(['check'], { cwd, input: PIPED })
  assert.match(check.stdout, /2 lines in 1 file: 2 valid/)
  assert.match(check.stderr, SAID)
  const analyze = await recount(['analyze'], { cwd, input: PIPED })
  assert.match(analyze.stdout, /^1 call/)
  assert.match(analyze.stderr, SAID)
  for (const args of [['show'], ['show', TRACE]]) {
    const { stdout, stderr } = await recount(args, { cwd, input: PIPED })
    assert.match(stdout, /└─ llm acme-large/)
    assert.match(stderr, SAID)
  }
})

test('a file on stdin is read, too, and a large one as a whole', async (t) => {
  const cwd = folderWith(t, { ...LOGS, 'piped.jsonl': PIPED.repeat(5000) })
  const input = openSync(join(cwd, 'piped.jsonl'), 'r')
  const child = spawn(process.execPath, [SHIM, 'check'], { cwd, stdio: [input, 'pipe', 'pipe'] })
  closeSync(input)
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  await once(child, 'close')
  assert.match(stdout, /10,000 lines in 1 file: 10,000 valid/)
})

test('an empty stdin, and one that is no pipe and no file, mean ./logs as before', async (t) => {
  const cwd = folderWith(t, LOGS)
  const empty = await recount(['check'], { cwd, input: '' })
  assert.match(empty.stderr, /^Reading \.\/logs/)
  const child = spawn(process.execPath, [SHIM, 'check'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  await once(child, 'close')
  assert.match(stderr, /^Reading \.\/logs/)
})

test('named files win over what is piped in', async (t) => {
  const cwd = folderWith(t, LOGS)
  const { stdout, stderr } = await recount(['check', 'logs/app.jsonl'], { cwd, input: PIPED })
  assert.match(stdout, /1 line in 1 file/)
  assert.equal(stderr, '')
})

test('a pipe that stays open and says nothing does not hang the command: that is said, and ./logs is read', async (t) => {
  const cwd = folderWith(t, LOGS)
  const child = spawn(process.execPath, [SHIM, 'check'], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  t.after(() => child.kill())
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [status] = await once(child, 'close')
  assert.equal(status, 0)
  assert.match(stderr, /^stdin is a pipe on which nothing comes.* say -.*\nReading \.\/logs/)
})

test('what was looked at is still there to be read', async () => {
  const stream = new PassThrough()
  const answer = speaks(stream, 60_000)
  stream.end('words')
  assert.equal(await answer, 'yes')
  assert.equal(Buffer.concat(await stream.toArray()).toString(), 'words')
  const silent = new PassThrough()
  assert.equal(await speaks(silent, 1), 'silent')
  assert.equal(await speaks(new PassThrough().end(), 60_000), 'no')
})

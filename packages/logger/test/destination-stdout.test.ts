import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { stdout } from '../src/destination/stdout.ts'
import { sleepyPipe, startChild } from './destination-child.ts'
import { linesOf, numberedLine, numbersOf, temporaryFolder, upTo } from './destination-files.ts'

/** More than any pipe holds, less than the memory for waiting lines. */
const SOME = 1000
/** More than pipe and memory hold. */
const MANY = 20_000
/** docs/operating.md says 100 ms; a busy machine gets more, a hang would get none. */
const BOUND_MS = 1000

interface Line {
  number?: number
  event?: string
  count?: number
  reason?: string
  sink?: string
}

function parse(text: string): Line[] {
  const lines = text.split('\n')
  assert.equal(lines.pop(), '', 'the last line is whole')
  return lines.map((line) => JSON.parse(line) as Line)
}

test('a reader that sleeps holds a write up for a bounded time, and gets all lines that fit in memory', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', {}], { stdout: pipe.input })
  pipe.started()
  const { slowestMs, dropped } = await child.ask({ write: SOME, flush: true })
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  t.diagnostic(`slowest call with a sleeping reader: ${slowestMs.toFixed(1)} ms`)
  assert.equal(dropped.lines, 0)
  const ended = child.end()
  const lines = parse(await pipe.readToEnd())
  await ended
  assert.deepEqual(
    lines.map((line) => line.number),
    upTo(SOME),
  )
})

const STOPPED_CLOCKS = {
  'the clocks that fake timers replace':
    'performance.now = () => 1000; process.hrtime.bigint = () => 1000n; Date.now = () => 1000',
  'every clock there is': 'performance.now = process.uptime = Date.now = () => 1000',
  'clocks that tell nothing': 'performance.now = process.uptime = () => Number.NaN',
}

for (const [name, before] of Object.entries(STOPPED_CLOCKS)) {
  test(`a reader that sleeps holds nobody up for ever where time stands still: ${name}`, async (t) => {
    const pipe = sleepyPipe(t, temporaryFolder(t))
    const child = startChild(t, ['stdout', {}], { stdout: pipe.input, before })
    pipe.started()
    const { dropped } = await child.ask({ write: SOME, flush: true, settle: true })
    assert.equal(dropped.lines, 0)
    const ended = child.end()
    const lines = parse(await pipe.readToEnd())
    await ended
    assert.equal(lines.length, SOME)
  })
}

test('what a sleeping reader makes us drop is dropped whole, counted, and told in its place when it wakes', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', { maxPendingBytes: 1024 * 1024 }], { stdout: pipe.input })
  pipe.started()
  const { slowestMs, dropped } = await child.ask({ write: MANY })
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  assert.ok(dropped.lines > 0)
  let text = pipe.read() ?? ''
  while (!text.includes('records_dropped')) {
    await child.ask({ flush: true })
    text += pipe.read() ?? ''
  }
  const last = await child.ask({ write: 1 })
  const ended = child.end()
  text += await pipe.readToEnd()
  await ended
  const lines = parse(text)
  const kept = MANY - dropped.lines
  assert.deepEqual(
    lines.slice(0, kept).map((line) => line.number),
    upTo(kept),
  )
  const { reason, count, sink } = lines[kept] ?? {}
  assert.deepEqual(
    { reason, count, sink },
    { reason: 'EAGAIN', count: dropped.lines, sink: 'stdout' },
  )
  assert.deepEqual(
    lines.slice(kept + 1).map((line) => line.number),
    [last.written - 1],
  )
  assert.equal(last.dropped.lines, dropped.lines)
})

test('a process whose reader sleeps can end', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', {}], { stdout: pipe.input })
  pipe.started()
  await child.ask({ write: SOME })
  await child.end()
  const lines = (await pipe.readToEnd()).split('\n')
  lines.pop()
  assert.deepEqual(numbersOf(lines), upTo(lines.length))
})

test('a process can end when the reader of both its outputs sleeps: no warning waits for that reader', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', {}], { stdout: pipe.input, stderr: pipe.input })
  pipe.started()
  // Short lines, so that the pipe has no room for a warning either.
  await child.ask({ write: 5000, bytes: 32 })
  await child.end()
  const lines = (await pipe.readToEnd()).split('\n')
  lines.pop()
  assert.deepEqual(numbersOf(lines), upTo(lines.length))
})

test('a warning about a sleeping reader that would not reach anybody comes when the reader wakes', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', {}], { stdout: pipe.input, stderr: pipe.input })
  pipe.started()
  await child.ask({ write: SOME })
  let text = ''
  while (!text.includes('LOGGER_DESTINATION_STALLED')) {
    text += pipe.read() ?? ''
    await child.ask({ flush: true })
  }
  await child.end()
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  assert.deepEqual(numbersOf(lines), upTo(SOME))
})

test('a socket whose reader sleeps holds a write up for a bounded time, and gets all lines that fit in memory', async (t) => {
  const child = startChild(t, ['stdout', {}], { stdout: 'pipe' })
  const { slowestMs } = await child.ask({ write: 3 * SOME })
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  const output = child.process.stdout
  assert.ok(output !== null)
  let text = ''
  output.setEncoding('latin1').on('data', (part: string) => {
    text += part
  })
  const read = once(output, 'end')
  await child.end()
  await read
  assert.deepEqual(
    parse(text).map((line) => line.number),
    upTo(3 * SOME),
  )
})

test('a reader that is gone costs nothing; a new one is told what is missing', async (t) => {
  const pipe = sleepyPipe(t, temporaryFolder(t))
  const child = startChild(t, ['stdout', {}], { stdout: pipe.input })
  pipe.started()
  await child.ask({ write: 10 })
  assert.equal(parse(pipe.read() ?? '').length, 10)
  pipe.leave()
  const gone = await child.ask({ write: SOME })
  assert.equal(gone.dropped.lines, SOME)
  assert.ok(gone.slowestMs < BOUND_MS, `${gone.slowestMs} ms`)
  pipe.comeBack()
  let text = ''
  while (!text.includes('records_dropped')) {
    await child.ask({ write: 1 })
    text += pipe.read() ?? ''
  }
  const { written, dropped } = await child.ask({ write: 1 })
  const ended = child.end()
  text += await pipe.readToEnd()
  await ended
  const [report, ...lines] = parse(text)
  assert.deepEqual([report?.reason, report?.count], ['EPIPE', dropped.lines])
  assert.equal(10 + dropped.lines + lines.length, written)
})

test('/dev/full as standard output costs nothing but the lines', async (t) => {
  const full = openSync('/dev/full', 'w')
  const child = startChild(t, ['stdout', { maxPendingBytes: 10_000 }], { stdout: full })
  closeSync(full)
  const { dropped, slowestMs } = await child.ask({ write: SOME })
  assert.ok(dropped.lines > SOME - 100)
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  await child.end()
})

test('standard output that is a file is continued where others have got to', async (t) => {
  const path = join(temporaryFolder(t), 'out.jsonl')
  const out = openSync(path, 'w')
  for (const start of [0, 1]) {
    writeSync(out, numberedLine(start))
    const child = startChild(t, ['stdout', {}], { stdout: out })
    await child.ask({ write: 10 })
    await child.end()
  }
  closeSync(out)
  assert.deepEqual(numbersOf(linesOf(path)), [0, ...upTo(10), 1, ...upTo(10)])
})

test('an option of stdout that is not right is named', () => {
  assert.throws(() => stdout({ maxPendingBytes: 0 }), {
    code: 'LOGGER_OPTION_INVALID',
    message: 'Expected `maxPendingBytes` to be an integer >= 1, got `0` (number)',
  })
  assert.throws(() => stdout({ maxPending: 1 } as object), { code: 'LOGGER_OPTION_INVALID' })
})

test('standard output has one set of options', (t) => {
  const destination = stdout()
  t.after(() => destination.close())
  assert.throws(() => stdout({ maxPendingBytes: 1000 }), { code: 'LOGGER_FILE_IN_USE' })
})

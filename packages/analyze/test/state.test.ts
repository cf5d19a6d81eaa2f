import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { OpenSpans } from '../src/count/open-spans.ts'
import { analyze } from '../src/index.ts'
import { call, lines, random, spanId, started } from './fixtures.ts'

const dir = mkdtempSync(join(tmpdir(), 'analyze-state-'))
after(() => rmSync(dir, { recursive: true }))
let folders = 0

/** A folder of logs, and a run over it. */
function logs() {
  const folder = mkdtempSync(join(dir, `${folders++}-`))
  const at = (name: string) => join(folder, name)
  const state = at('state.json')
  const run = (options = {}) => analyze(`${folder}/app.jsonl*`, { state, ...options })
  return { at, state, run }
}

test('a run reads what is new since the last; a line that is not ended waits', async () => {
  const { at, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call(), call()))
  assert.equal((await run()).totals.calls, 2)
  const next = JSON.stringify(call())
  appendFileSync(at('app.jsonl'), `${lines(call())}${next.slice(0, 50)}`)
  const second = await run()
  assert.deepEqual([second.totals.calls, second.input.skipped.malformed], [1, 0])
  appendFileSync(at('app.jsonl'), `${next.slice(50)}\n`)
  assert.equal((await run()).totals.calls, 1)
  const none = await run()
  assert.deepEqual([none.totals.calls, none.input.bytes], [0, 0])
})

test('what was renamed, compressed, copied and truncated, or replaced is neither counted twice nor missed', async () => {
  const { at, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call(), call()))
  assert.equal((await run()).totals.calls, 2)
  appendFileSync(at('app.jsonl'), lines(call()))
  renameSync(at('app.jsonl'), at('app.jsonl.1'))
  writeFileSync(at('app.jsonl'), lines(call(), call()))
  assert.equal((await run()).totals.calls, 3, 'renamed')
  appendFileSync(at('app.jsonl.1'), lines(call()))
  writeFileSync(at('app.jsonl.1.gz'), gzipSync(readFileSync(at('app.jsonl.1'))))
  rmSync(at('app.jsonl.1'))
  assert.equal((await run()).totals.calls, 1, 'compressed')
  copyFileSync(at('app.jsonl'), at('app.jsonl.2'))
  assert.equal((await run()).totals.calls, 0, 'copied')
  truncateSync(at('app.jsonl'))
  appendFileSync(at('app.jsonl'), lines(call()))
  assert.equal((await run()).totals.calls, 1, 'truncated')
  rmSync(at('app.jsonl'))
  writeFileSync(at('app.jsonl'), lines(call(), call()))
  assert.equal((await run()).totals.calls, 2, 'replaced')
})

test('logs that begin alike are told apart by what stands before the place', async () => {
  const { at, run } = logs()
  const banner = `${JSON.stringify({ level: 30, time: 1, msg: 'x'.repeat(1500) })}\n`
  writeFileSync(at('app.jsonl'), banner + lines(call()))
  assert.equal((await run()).totals.calls, 1)
  renameSync(at('app.jsonl'), at('app.jsonl.1'))
  writeFileSync(at('app.jsonl'), banner + lines(call(), call()))
  assert.equal((await run()).totals.calls, 2)
})

test('a call that ends in the next run is interrupted in none; one that does not, in that run and no other', async () => {
  const { at, state, run } = logs()
  const [a, b, c] = [spanId(), spanId(), spanId()]
  const told = async () => {
    const { interrupted, in_flight, interrupted_ended } = (await run()).input
    return [interrupted, in_flight, interrupted_ended]
  }
  writeFileSync(at('app.jsonl'), lines(started({ span_id: a }), started({ span_id: b })))
  assert.deepEqual(await told(), [0, 2, 0])
  appendFileSync(at('app.jsonl'), lines(call({ span_id: a }), started({ span_id: c })))
  assert.deepEqual(await told(), [1, 1, 0])
  appendFileSync(at('app.jsonl'), lines(call({ span_id: c })))
  assert.deepEqual(await told(), [0, 0, 0])
  appendFileSync(at('app.jsonl'), lines(call({ span_id: b })))
  assert.deepEqual(await told(), [0, 0, 1])
  assert.deepEqual(await told(), [0, 0, 0])
  const { logs: known } = JSON.parse(readFileSync(state, 'utf8')) as { logs: object[] }
  writeFileSync(state, JSON.stringify({ version: 1, logs: known, open: [a] }))
  assert.deepEqual(await told(), [1, 0, 0], 'a state of before')
})

test('calls in flight that are too many to be remembered are interrupted at once', () => {
  const spans = new OpenSpans({ interrupted: ['r'], open: ['o'] })
  for (let i = 0; i < 100_005; i++) spans.start(`s${i}`)
  const expected = { interrupted: 6, inFlight: 100_000, interruptedEnded: 0 }
  assert.deepEqual(spans.tally(), expected)
  const { interrupted, open } = spans.carried()
  assert.deepEqual([interrupted.length, open.length, open[0]], [0, 100_000, 's5'])
})

test('what could not be delivered is read again', async () => {
  const { at, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  const deliver = () => Promise.reject(new Error('disk full'))
  await assert.rejects(run({ deliver }), /disk full/)
  assert.equal((await run()).totals.calls, 1)
})

test('a second run at the same time is refused, and a dead one’s lock is taken over', async () => {
  const { at, state, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  const deliver = async () => {
    await assert.rejects(run(), { code: 'ANALYZE_STATE_LOCKED' })
  }
  assert.equal((await run({ deliver })).totals.calls, 1)
  assert.equal(existsSync(`${state}.lock`), false)
  // No process has this number: it is beyond what systems give.
  writeFileSync(`${state}.lock`, JSON.stringify({ pid: 2 ** 30, host: hostname() }))
  assert.equal((await run()).totals.calls, 0)
  assert.equal(existsSync(`${state}.lock`), false)
})

test('a lock of a container that was killed is taken over: of another process with this number, of another host after minutes', async () => {
  const { at, state, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  const lock = `${state}.lock`
  const leave = (owner: object, minutes: number) => {
    writeFileSync(lock, JSON.stringify(owner))
    const then = new Date(Date.now() - minutes * 60_000)
    utimesSync(lock, then, then)
  }
  leave({ pid: process.pid, host: hostname(), run: 'before' }, 0)
  assert.equal((await run()).totals.calls, 1)
  leave({ pid: 1, host: 'another-pod', run: 'x' }, 1)
  await assert.rejects(run(), { code: 'ANALYZE_STATE_LOCKED' })
  leave({ pid: 1, host: 'another-pod', run: 'x' }, 6)
  assert.equal((await run()).totals.calls, 0)
  writeFileSync(lock, '')
  await assert.rejects(run(), { code: 'ANALYZE_STATE_LOCKED' })
  assert.deepEqual(readdirSync(dirname(state)).sort(), [
    ...['app.jsonl', 'state.json', 'state.json.lock'],
  ])
})

test('who was taken for dead does not overwrite what the other run has remembered', async () => {
  const { at, state, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  const owner = { pid: 1, host: 'another-pod', run: 'x' }
  const deliver = () => writeFileSync(`${state}.lock`, JSON.stringify(owner))
  await assert.rejects(run({ deliver }), { code: 'ANALYZE_STATE_LOCKED' })
  assert.equal(existsSync(state), false)
  assert.deepEqual(JSON.parse(readFileSync(`${state}.lock`, 'utf8')), owner)
})

test('a state with something else in it than logs is refused, whatever it is', async () => {
  const { at, state, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  await run()
  const good = JSON.parse(readFileSync(state, 'utf8')) as { logs: object[]; open: unknown[] }
  const log = { ...good.logs[0] }
  const bad = [
    { ...good, version: 9 },
    { ...good, logs: [null] },
    { ...good, logs: [{ ...log, offset: '5' }] },
    { ...good, logs: [{ ...log, head: undefined }] },
    { ...good, open: [{}] },
    { ...good, interrupted: [7] },
    { ...good, logs: {} },
  ]
  for (const content of [...bad.map((value) => JSON.stringify(value)), '', '{"version":1', 'x\0']) {
    writeFileSync(state, content)
    await assert.rejects(run(), { code: 'ANALYZE_STATE_INVALID' }, content)
    assert.equal(readFileSync(state, 'utf8'), content)
  }
  assert.equal(existsSync(`${state}.lock`), false)
})

test('what has no place to come back to is read without one, or named', async () => {
  const { at, state } = logs()
  const pipe = at('pipe')
  execFileSync('mkfifo', [pipe])
  const writing = promises.writeFile(pipe, lines(call(), call()))
  const { totals } = await analyze(pipe, { state })
  await writing
  assert.equal(totals.calls, 2)
  assert.deepEqual((JSON.parse(readFileSync(state, 'utf8')) as { logs: [] }).logs, [])
  const forms = { array: JSON.stringify([call()]), objects: JSON.stringify(call(), null, 2) }
  for (const [form, text] of Object.entries(forms)) {
    writeFileSync(at(form), text)
    const { input } = await analyze(at(form), { state })
    assert.match(input.damaged[0]?.reason ?? '', /no place can be remembered/, form)
    assert.equal(input.skipped.malformed, 0)
  }
})

test('what is no state is refused and left as it is', async () => {
  const { at, state, run } = logs()
  writeFileSync(at('app.jsonl'), lines(call()))
  writeFileSync(state, '{"logs": 1}')
  await assert.rejects(run(), { code: 'ANALYZE_STATE_INVALID' })
  assert.equal(readFileSync(state, 'utf8'), '{"logs": 1}')
})

test('200 runs over a log that is written, rotated, truncated and compressed add up to one full run', async () => {
  const { at, run } = logs()
  const next = random(200)
  const app = at('app.jsonl')
  let written = 0
  let tokens = 0
  let rest = ''
  let rotated = 0
  let begun: string[] = []
  const append = (path: string) => {
    for (let i = Math.floor(next() * 6); i > 0; i--) {
      const input_tokens = Math.floor(next() * 1000)
      const id = spanId()
      rest += lines(started({ span_id: id }))
      if (next() < 0.5) begun.push(id)
      if (next() < 0.7) continue
      const [ending = id, ...others] = begun
      begun = others
      rest += lines(call({ input_tokens, span_id: ending }))
      written += 1
      tokens += input_tokens
    }
    const cut = next() < 0.3 ? Math.floor(next() * rest.length) : rest.length
    appendFileSync(path, rest.slice(0, cut))
    rest = rest.slice(cut)
  }
  const finish = () => {
    appendFileSync(app, rest)
    rest = ''
  }
  const changes = [
    () => renameSync(app, at(`app.jsonl.${++rotated}`)),
    () => {
      copyFileSync(app, at(`app.jsonl.${++rotated}`))
      truncateSync(app)
    },
    () => {
      writeFileSync(at(`app.jsonl.${++rotated}.gz`), gzipSync(readFileSync(app)))
      rmSync(app)
    },
  ]
  let calls = 0
  let sum = 0
  let interrupted = 0
  let inFlight = 0
  for (let round = 0; round < 200; round++) {
    append(app)
    if (round === 199) finish()
    const { totals, input } = await run()
    calls += totals.calls
    sum += totals.input_tokens ?? 0
    interrupted += input.interrupted - input.interrupted_ended
    inFlight = input.in_flight
    assert.equal(input.skipped.malformed, 0)
    if (next() < 0.06 && existsSync(app)) {
      finish()
      changes[Math.floor(next() * changes.length)]?.()
      append(app)
    }
    for (let old = 1; old <= rotated - 2; old++) {
      const path = at(`app.jsonl.${old}`)
      if (!existsSync(path) || next() < 0.5) continue
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)))
      rmSync(path)
    }
  }
  assert.deepEqual([calls, sum], [written, tokens])
  const full = await analyze(at('app.jsonl*'))
  assert.deepEqual([full.totals.calls, full.totals.input_tokens], [calls, sum])
  assert.equal(full.input.interrupted, interrupted + inFlight)
  assert.ok(interrupted > 100)
})

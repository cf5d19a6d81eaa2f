import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { analyze, formatText } from '../src/index.ts'
import { call, file, random, unaccounted } from './fixtures.ts'

const AT = '2026-09-21T14:20:00.000000000Z'
const BLANK = { input_tokens: 100, output_tokens: 7, duration_ms: 50 }

/** Lines of two processes' worth of text, all of which say something else, with letters of up to four bytes. */
function said(count: number, seed: number): string[] {
  const next = random(seed)
  return Array.from({ length: count }, (_, i) => {
    const letters = ['é', '漢', '🙂', 'x', '"{', '}\\', '\n']
    const length = Math.floor(next() * 120)
    const text = Array.from({ length }, () => letters[Math.floor(next() * letters.length)])
    return JSON.stringify({ ...call(BLANK), input_tokens: i, metadata: { note: text.join('') } })
  })
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) found.push(bytes.subarray(at, at + size))
  return found
}

type Cut = (line: string, stream: string, size: number) => Buffer[]

/** How runtimes and collectors write a line in parts; a letter that Docker cuts is lost by it, so it gets none that it could. */
const RUNTIMES: Readonly<Record<string, Cut>> = {
  containerd: (line, stream, size) =>
    pieces(Buffer.from(line), size).map((part, i, all) =>
      Buffer.concat([
        Buffer.from(`${AT} ${stream} ${i + 1 < all.length ? 'P' : 'F'} `),
        part,
        Buffer.from('\n'),
      ]),
    ),
  'containerd with further tags': (line, stream, size) =>
    pieces(Buffer.from(line), size).map((part, i, all) =>
      Buffer.concat([
        Buffer.from(`${AT} ${stream} ${i + 1 < all.length ? 'P:x' : 'F:x'} `),
        part,
        Buffer.from('\n'),
      ]),
    ),
  docker: rows((text, stream, isLast) => ({
    log: `${text}${isLast ? '\n' : ''}`,
    stream,
    time: AT,
  })),
  'docker behind a collector that leaves line ends out': rows((log, stream) => ({ log, stream })),
  "docker's fluentd": rows((log, stream, isLast, i) => ({
    ...{ container_id: 'c1', source: stream, log, partial_message: 'true', partial_id: stream },
    ...{ partial_ordinal: `${i + 1}`, partial_last: `${isLast}` },
  })),
  "an older docker's fluentd": rows((log, stream, isLast) => ({
    ...{ container_id: 'c1', source: stream, log },
    ...(isLast ? {} : { partial_message: 'true' }),
  })),
  'fluent bit': rows((log, stream, isLast) => ({ time: AT, stream, _p: isLast ? 'F' : 'P', log })),
  'fluent bit with another key': rows((message, stream, isLast) => ({
    ...{ stream, logtag: isLast ? 'F' : 'P', message },
    kubernetes: { pod_name: 'p', container_name: 'c' },
  })),
  journald: rows((MESSAGE, stream, isLast) => ({
    ...{ MESSAGE, _STREAM_ID: stream, PRIORITY: '6' },
    ...(isLast ? {} : { _LINE_BREAK: 'line-max' }),
  })),
  'a runtime inside of a collector': rows((text, stream, isLast) => ({
    log: `${AT} ${stream} ${isLast ? 'F' : 'P'} ${text}`,
  })),
}

function rows(row: (text: string, stream: string, isLast: boolean, index: number) => object): Cut {
  return (line, stream, size) => {
    const letters = [...line]
    const count = Math.ceil(letters.length / size)
    return Array.from({ length: count }, (_, i) => {
      const text = letters.slice(i * size, (i + 1) * size).join('')
      return Buffer.from(`${JSON.stringify(row(text, stream, i + 1 === count, i))}\n`)
    })
  }
}

/** Parts of two streams as they come: each in its order, and one between the other. */
function interleaved(a: readonly Buffer[], b: readonly Buffer[], seed: number): Buffer[] {
  const next = random(seed)
  const rest: [Buffer[], Buffer[]] = [[...a], [...b]]
  const all: Buffer[] = []
  while (rest[0].length + rest[1].length > 0) {
    const from = rest[next() < 0.5 ? 0 : 1]
    const part = from.shift()
    if (part !== undefined) all.push(part)
  }
  return all
}

for (const [name, cut] of Object.entries(RUNTIMES)) {
  test(`lines that were cut into parts count as they do whole: ${name}`, async () => {
    for (const [seed, size] of [7, 64, 1999].entries()) {
      const [out, err] = [said(40, seed), said(25, seed + 100)]
      const whole = [...out, ...err].map((line) => `${line}\n`).join('')
      const alone = await analyze(file(whole), { by: 'user', mergeable: true })
      const parts = interleaved(
        out.flatMap((line) => cut(line, 'stdout', size)),
        err.flatMap((line) => cut(line, 'stderr', size)),
        seed,
      )
      const report = await analyze(file(Buffer.concat(parts)), { by: 'user', mergeable: true })
      const { bytes, lines, not_a_call, skipped } = report.input
      assert.equal(lines, parts.length, 'each part is a line')
      assert.equal(not_a_call.part, parts.length - 65)
      const input = {
        ...{ ...alone.input, bytes, lines },
        ...{ not_a_call: { ...alone.input.not_a_call, part: not_a_call.part } },
        skipped: { ...alone.input.skipped, not_a_call: skipped.not_a_call },
      }
      assert.deepEqual(report, { ...alone, input })
      assert.equal(unaccounted(report), 0)
    }
  })
}

test('a line in parts is told, and one of which the end is missing is counted as cut', async () => {
  const line = JSON.stringify(call({ metadata: { note: 'x'.repeat(50_000) } }))
  const docker = RUNTIMES.docker as Cut
  const parts = docker(line, 'stdout', 16_384)
  const log = file(Buffer.concat([...parts, ...parts.slice(0, 2)]))
  const report = await analyze(log, { explainInput: true })
  assert.deepEqual(report.explain?.[0]?.joined, { lines: 1, parts: 4 })
  assert.match(formatText(report), /1 line put together again from 4 parts/)
  assert.deepEqual([report.totals.calls, report.input.not_a_call.part], [1, 4])
  assert.deepEqual(report.input.malformed_examples, [
    {
      ...{ file: log, line: 5 },
      reason: 'a part of a line of which the others are not there, or make it longer than 16 MiB',
    },
  ])
  assert.equal(unaccounted(report), 0)
})

test('parts never go on in another file', async () => {
  for (const cut of Object.values(RUNTIMES)) {
    const parts = cut(said(1, 3)[0] as string, 'stdout', 100)
    const [first, second] = [parts.slice(0, 1), parts.slice(1)].map((some) => Buffer.concat(some))
    const report = await analyze([file(first as Buffer), file(second as Buffer)])
    assert.equal(report.totals.calls, 0)
    assert.equal(unaccounted(report), 0)
  }
})

test('a process that was killed within a line does not spoil the first line of the next', async () => {
  for (const [name, cut] of Object.entries(RUNTIMES)) {
    const [killed, next, then] = said(3, 5).map((line) => cut(line, 'stdout', 60)) as Buffer[][]
    const isTold = name !== 'docker behind a collector that leaves line ends out'
    const whole = isTold ? next : cut(said(1, 9)[0] as string, 'stdout', 5000)
    const all = [...(killed as Buffer[]).slice(0, 2), ...(whole as Buffer[]), ...(then as Buffer[])]
    const report = await analyze(file(Buffer.concat(all)))
    assert.deepEqual([report.totals.calls, report.input.skipped.malformed], [2, 1], name)
    assert.equal(unaccounted(report), 0)
  }
})

test('what only looks like a part is read as before: text, and records that have a text called log', async () => {
  const usage = { model: 'm', prompt_tokens: 3, completion_tokens: 4, latency_ms: 9 }
  const rows = [
    { log: 'Starting {server', stream: 'x', ...usage },
    { log: '{not closed', ...usage },
    { log: 'no object', stream: 'stdout', ...usage },
    { message: '{"not": "closed', ...usage },
    { log: JSON.stringify(call()), stream: 'stdout' },
  ]
  const report = await analyze(file(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
  assert.deepEqual([report.totals.calls, report.input.skipped.malformed], [5, 0])
})

test('what is held of parts is bounded, and what had to be given up is counted', async () => {
  const part = Buffer.from(`${AT} stdout P {"a":"${'x'.repeat(1_000_000)}\n`)
  const whole = Buffer.from(`${AT} stderr F ${JSON.stringify(call())}\n`)
  const many = Array.from({ length: 100 }, (_, i) =>
    Buffer.from(`${JSON.stringify({ log: '{"a', stream: 'stdout', container_id: `${i}` })}\n`),
  )
  const report = await analyze(
    file(Buffer.concat([...Array.from({ length: 40 }, () => part), whole, ...many])),
  )
  assert.equal(report.totals.calls, 1)
  assert.equal(report.input.skipped.malformed, 3 + 100)
  assert.equal(unaccounted(report), 0)
})

const dir = mkdtempSync(join(tmpdir(), 'analyze-parts-'))
after(() => rmSync(dir, { recursive: true }))

test('with a state a line whose parts are still to come waits, and nothing is counted twice or missed', async () => {
  for (const name of ['containerd', 'docker', "an older docker's fluentd", 'journald']) {
    const cut = RUNTIMES[name] as Cut
    const folder = mkdtempSync(join(dir, 'log-'))
    const [log, state] = [join(folder, 'app.log'), join(folder, 'state')]
    const parts = interleaved(
      said(12, 1).flatMap((line) => cut(line, 'stdout', 120)),
      said(9, 2).flatMap((line) => cut(line, 'stderr', 90)),
      4,
    )
    const bytes = Buffer.concat(parts)
    const whole = await analyze(file(bytes))
    const next = random(8)
    writeFileSync(log, '')
    let [calls, tokens, lines, waited, at] = [0, 0, 0, 0, 0]
    while (at < bytes.length) {
      const to = Math.min(bytes.length, at + 1 + Math.floor(next() * 2500))
      appendFileSync(log, bytes.subarray(at, to))
      at = to
      const { totals, input } = await analyze(log, { state })
      assert.equal(unaccounted({ totals, input } as Awaited<ReturnType<typeof analyze>>), 0)
      calls += totals.calls
      tokens += totals.input_tokens ?? 0
      lines += input.lines
      waited += input.waiting_lines
    }
    assert.ok(waited > 3, name)
    assert.deepEqual([calls, tokens, lines], [21, whole.totals.input_tokens, parts.length], name)
    assert.doesNotMatch(readFileSync(state, 'utf8'), /note/, 'what logs say is not kept')
  }
})

test('with a state parts that wait are cut where their log was compressed without the rest', async () => {
  const folder = mkdtempSync(join(dir, 'log-'))
  const [log, state] = [join(folder, 'app.log'), join(folder, 'state')]
  const cut = RUNTIMES.containerd as Cut
  const [first, second] = said(2, 1).map((line) => cut(line, 'stdout', 50)) as [Buffer[], Buffer[]]
  const begun = Buffer.concat([...first, ...second.slice(0, 2)])
  writeFileSync(log, begun)
  const before = await analyze(log, { state })
  assert.deepEqual([before.totals.calls, before.input.waiting_lines], [1, 1])
  assert.deepEqual((await analyze(log, { state })).input.waiting_lines, 1, 'it waits on')
  rmSync(log)
  writeFileSync(`${log}.gz`, gzipSync(begun))
  const after = await analyze(`${log}*.gz`, { state })
  const { skipped, not_a_call, waiting_lines } = after.input
  assert.deepEqual(
    [after.totals.calls, skipped.malformed, not_a_call.part, waiting_lines],
    [0, 1, 1, 0],
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import stringWidth from 'string-width'
import { analyze, formatText } from '../src/index.ts'
import { analyzed, call, file, lines } from './fixtures.ts'

test('the explanation is printed: each file, its form, what it was taken for, and where keys were found', async () => {
  const foreign = { model: 'm', prompt_tokens: 1, latency_ms: 2 }
  const names = [
    file(lines(call(), call())),
    file(JSON.stringify([foreign, foreign, { other: 1 }])),
    file(''),
  ]
  const text = formatText(await analyze(names, { explainInput: true }))
  assert.match(text, /^How the input was read$/m)
  assert.match(text, /\d\.jsonl: JSON Lines, 2 lines\n {4}2 records: Recount's own lines, because/)
  assert.match(text, /\d\.jsonl: JSON array, 3 elements\n {4}2 records: flat log lines with common/)
  assert.match(text, /^ {6}duration_ms +latency_ms$/m)
  assert.match(text, /^ {6}input_tokens +prompt_tokens$/m)
  assert.match(text, /^ {4}1 of unknown shape, with the keys other$/m)
  assert.match(text, /\d\.jsonl: empty$/m)
  assert.doesNotMatch(formatText(await analyze(names)), /How the input was read/)
})

test('a key that was found at several places says how often', async () => {
  const records = [
    { model: 'm', latency_ms: 2 },
    { model: 'm', latency_ms: 2 },
    { model: 'm', prompt_tokens: 1, elapsed_ms: 2 },
  ]
  const text = formatText(await analyzed(records, { explainInput: true }))
  assert.match(text, /^ {6}duration_ms +latency_ms 2, elapsed_ms 1$/m)
})

test('where no call is found, the explanation names the keys that are there, most frequent first', async () => {
  const records = [
    { took: 1, engine: 'x' },
    { took: 2, [`${'long-key-'.repeat(20)}\u001b[31m`]: 1 },
  ]
  const report = await analyzed(records, { explainInput: true })
  assert.deepEqual(Object.entries(report.explain?.[0]?.unknown_keys ?? {})[0], ['took', 2])
  const text = formatText(report)
  assert.match(text, /^No finished calls\n/)
  assert.match(text, /2 of unknown shape, with the keys took, engine/)
  for (const line of text.split('\n')) assert.ok(stringWidth(line) <= 80, line)
  assert.ok(!text.includes('\u001b'))
})

test('of lines with ever new keys only some are kept', async () => {
  const records = Array.from({ length: 500 }, (_, at) => ({ [`key-${at}`]: 1 }))
  const report = await analyzed(records, { explainInput: true })
  assert.equal(Object.keys(report.explain?.[0]?.unknown_keys ?? {}).length, 30)
})

test('of many files the first are explained, and the others counted', async () => {
  const names = Array.from({ length: 25 }, () => file(lines(call())))
  const text = formatText(await analyze(names, { explainInput: true }))
  assert.equal(text.match(/JSON Lines, 1 line$/gm)?.length, 20)
  assert.match(text, /^ {2}and 5 more files$/m)
})

test('a map that matches no line is named', async () => {
  const records = [{ took: 1 }, call(), 'text']
  const map = ['latency=took', 'latency=nosuch:s', 'error=nor.this']
  const report = await analyzed(records, { map })
  assert.deepEqual(report.input.maps_unmatched, ['latency=nosuch:s', 'error=nor.this'])
  const text = formatText(report)
  assert.match(text, /! --map latency=nosuch:s matches no line of the input\.$/m)
  assert.match(text, /! --map error=nor\.this matches no line of the input\.$/m)
  const found = await analyzed([{ took: null }], { map: 'latency=took' })
  assert.deepEqual(found.input.maps_unmatched, [])
})

test('lines of unknown shape lead to --map and --explain-input', async () => {
  const text = formatText(await analyzed([{ took: 1 }, { took: 1 }, call()]))
  assert.match(text, /2 lines of unknown shape/)
  const hint =
    'Calls among them are counted when --map says where their fields are; --explain-input names their keys.'
  assert.ok(text.replace(/\s+/g, ' ').includes(hint), text)
})

test("the application's own pino lines are other log lines, and need no --map unless nothing else is there", async () => {
  const pino = { level: 30, time: 1_790_000_000_000, pid: 1, hostname: 'h', msg: 'listening' }
  const custom = { level: 'info', time: '2026-01-01T00:00:00Z', msg: 'hello' }
  const mixed = await analyzed([pino, custom, call()])
  assert.equal(mixed.input.not_a_call.other_log_line, 2)
  const text = formatText(mixed)
  assert.match(text, /skipped: 2 other log lines$/m)
  assert.doesNotMatch(text, /--map/)
  const idle = await analyzed([pino, { ...call(), event: 'step' }])
  assert.doesNotMatch(formatText(idle), /--map/)
  const alone = await analyzed([pino], { explainInput: true })
  assert.match(formatText(alone), /--map/)
  assert.match(
    formatText(alone),
    /1 of unknown shape, with the keys level, time, pid, hostname, msg/,
  )
})

test('a unit that only the size of values tells is said in the report, and is not told where so few tokens would take too long', async () => {
  const rows = (tokens: object) =>
    [5.2, 9.1, 14.3, 33.7, 60.4].map((latency) => ({
      model: 'm',
      status: 'ok',
      latency,
      ...tokens,
    }))
  const guessed = await analyzed(rows({}))
  assert.equal(guessed.latency_ms.max, 60_400)
  assert.match(guessed.notes.join(), /latency was taken for s, .*--map duration_ms=latency:UNIT/)
  const fast = await analyzed(rows({ input_tokens: 4, output_tokens: 3 }))
  assert.deepEqual([fast.totals.calls, fast.latency_ms.count], [5, 0])
  assert.match(fast.notes.join(), /latency was not counted, .* --map duration_ms=latency:UNIT/)
})

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

import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { indexFiles, type Store } from '../src/index.ts'
import { DATA, needsData } from './data-set.ts'
import { folder, jsonl, storeIn } from './folder.ts'
import { call, content, message, spanId } from './records.ts'

async function spansIn(store: Store): Promise<string[]> {
  return (await store.list({ limit: 1000 })).items.map(({ span_id }) => span_id).sort()
}

test('what was read is not read again, and what was added is', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  writeFileSync(path, jsonl([call(1, 1), call(2, 2)]))
  assert.equal((await indexFiles({ store, paths: [path] })).added, 2)
  assert.equal((await indexFiles({ store, paths: [path] })).lines, 0)
  appendFileSync(path, jsonl([call(3, 3)]))
  const counts = await indexFiles({ store, paths: [path] })
  assert.deepEqual([counts.lines, counts.added, counts.known], [1, 1, 0])
  assert.deepEqual(await spansIn(store), [1, 2, 3].map(spanId))
})

test('a line of ours inside of another logger’s, or behind a prefix, is indexed as it is alone', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  const [log, msg, runtime] = [1, 2, 3].map((at) => JSON.stringify(call(at, at)))
  const cloud = { timestamp: '2026-01-01T00:00:00Z', jsonPayload: call(4, 4) }
  const others = [{ log: `${log}\n`, stream: 'stdout' }, { level: 30, msg }, cloud]
  const text = others.map((other) => `${JSON.stringify(other)}\n`).join('')
  writeFileSync(path, `${text}2026-01-01T00:00:00.5Z stdout F ${runtime}\n`)
  const { added, other, malformed } = await indexFiles({ store, paths: [path] })
  assert.deepEqual([added, other, malformed], [4, 0, 0])
  assert.deepEqual(await spansIn(store), [1, 2, 3, 4].map(spanId))
})

test('a line that is refused is named by its file and its number, also where a file is read on, compressed, or a document', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  const refused: string[] = []
  const index = (file: string) =>
    indexFiles({
      ...{ store, paths: [file] },
      onRefused: ({ path: of, line, reason }) =>
        refused.push(`${of.slice(dir.length)}:${line} ${reason}`),
    })
  const bad = { ...call(2, 2), duration_ms: 'secret' }
  const text = `${jsonl([call(1, 1)])}\n${JSON.stringify(bad)}\nno secret\n${jsonl([call(3, 3)])}`
  writeFileSync(path, text)
  await index(path)
  appendFileSync(path, `${JSON.stringify(bad)}\n{"recount":1,"event":"llm_ca`)
  await index(path)
  writeFileSync(join(dir, 'old.jsonl.gz'), gzipSync(text))
  await index(join(dir, 'old.jsonl.gz'))
  writeFileSync(join(dir, 'all.json'), JSON.stringify([call(4, 4), bad], null, 2))
  await index(join(dir, 'all.json'))
  assert.deepEqual(refused.toSorted(), [
    '/all.json:2 /duration_ms type',
    '/app.jsonl:3 /duration_ms type',
    '/app.jsonl:4 no JSON',
    '/app.jsonl:6 /duration_ms type',
    '/old.jsonl.gz:3 /duration_ms type',
    '/old.jsonl.gz:4 no JSON',
  ])
})

test('a last line that is still being written is read when it is whole', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  const line = jsonl([call(2, 2)])
  writeFileSync(path, jsonl([call(1, 1)]) + line.slice(0, 40))
  const counts = await indexFiles({ store, paths: [path] })
  assert.deepEqual([counts.added, counts.cut, counts.malformed], [1, 1, 0])
  appendFileSync(path, line.slice(40))
  assert.equal((await indexFiles({ store, paths: [path] })).added, 1)
  assert.deepEqual(await spansIn(store), [1, 2].map(spanId))
})

test('a line without its line end at the end of a file is read', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  writeFileSync(path, jsonl([call(1, 1)]).trimEnd())
  assert.equal((await indexFiles({ store, paths: [path] })).added, 1)
  appendFileSync(path, `\n${jsonl([call(2, 2)])}`)
  const counts = await indexFiles({ store, paths: [path] })
  assert.deepEqual([counts.added, counts.known], [1, 1])
})

test('calls in logs of other shapes are records, with what was said; other lines are counted', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  const foreign = {
    ...{ event: 'llm_request', model: 'gpt-4o', timestamp: '2026-05-28T20:26:40Z' },
    ...{ latency_ms: 1200, prompt_tokens: 10, completion_tokens: 5 },
    messages: [{ role: 'user', content: 'what is in the blue box' }],
    response: 'a red ball',
  }
  const failed = { ...foreign, error_type: 'RateLimitError', error_message: 'slow down' }
  const lines = [{ msg: 'hello' }, foreign, failed].map((line) => JSON.stringify(line)).join('\n')
  writeFileSync(
    path,
    `${lines}\nnot json\n\n[1]\n${jsonl([call(1, 1)])}{"recount":1,"event":"x"}\n`,
  )
  const counts = await indexFiles({ store, paths: [path] })
  assert.deepEqual([counts.lines, counts.other, counts.malformed, counts.invalid], [8, 2, 1, 1])
  const { items } = await store.search({ phrase: 'in the blue box' })
  assert.deepEqual(
    items.map(({ span }) => `${span.model} ${span.status} ${span.duration_ms}`).sort(),
    ['gpt-4o error 1200', 'gpt-4o ok 1200'],
  )
  assert.equal((await store.search({ phrase: 'a red ball' })).items.length, 2)
  assert.equal((await store.search({ phrase: 'slow down' })).items.length, 1)
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  assert.equal((await indexFiles({ store, paths: [copy] })).added, 0)
})

/** A line of a transcript: one for each part of an answer, each with the usage so far. */
function transcriptLine(id: string, second: number, output: number): string {
  const timestamp = new Date(Date.UTC(2026, 4, 28, 20, 26, second)).toISOString()
  const usage = { input_tokens: 10, output_tokens: output }
  const message = { id, model: 'claude-sonnet-4-5', role: 'assistant', content: [], usage }
  return JSON.stringify({ type: 'assistant', timestamp, sessionId: 's-1', message })
}

test('lines of one answer in a transcript are one call, of its first moment and its last usage', async (t) => {
  for (const db of [':memory:', join(folder(t), 'recount.db')]) {
    const dir = folder(t)
    const store = await storeIn(t, db)
    const path = join(dir, 'session.jsonl')
    const first = [transcriptLine('msg_1', 1, 1), transcriptLine('msg_1', 2, 5)]
    writeFileSync(path, `${first.join('\n')}\n`)
    await indexFiles({ store, paths: [path] })
    appendFileSync(path, `${transcriptLine('msg_1', 3, 9)}\n${transcriptLine('msg_2', 4, 2)}\n`)
    await indexFiles({ store, paths: [path] })
    // A session that was resumed repeats what it was resumed from.
    writeFileSync(join(dir, 'resumed.jsonl'), `${transcriptLine('msg_1', 3, 9)}\n`)
    await indexFiles({ store, paths: [join(dir, 'resumed.jsonl')] })
    const { items } = await store.list()
    assert.deepEqual(
      items.map(({ start_time, output_tokens }) => [Number(start_time) % 60_000, output_tokens]),
      [
        [4000, 2],
        [1000, 9],
      ],
    )
    const [all] = await store.aggregate()
    assert.deepEqual([all?.calls, all?.input_tokens, all?.output_tokens], [2, 20, 11])
  }
})

test('what a log of another shape does not say stays unknown: when a call began, and how long it took', async (t) => {
  for (const db of [':memory:', join(folder(t), 'recount.db')]) {
    const path = join(folder(t), 'app.jsonl')
    const store = await storeIn(t, db)
    const base = { event: 'llm_request', model: 'gpt-4o', prompt_tokens: 10, completion_tokens: 5 }
    const timestamp = '2026-05-28T20:26:40Z'
    const lines = [base, { ...base, timestamp }, { ...base, timestamp, latency_ms: 1200 }]
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    assert.equal((await indexFiles({ store, paths: [path] })).invalid, 0)
    const { items } = await store.list()
    assert.deepEqual(
      items.map(({ start_time, duration_ms }) => [start_time !== null, duration_ms]).sort(),
      [
        [false, null],
        [true, null],
        [true, 1200],
      ],
    )
    assert.equal(items.at(-1)?.start_time, null, 'what began nobody knows when comes last')
    const [all] = await store.aggregate()
    assert.deepEqual([all?.calls, all?.latency_ms.count, all?.latency_ms.p50], [3, 1, 1200])
    const days = await store.aggregate({ by: ['day'] })
    assert.deepEqual(days.map(({ key }) => key.day).sort(), ['2026-05-28', null].sort())
    assert.equal((await store.list({ until: Date.parse('2100-01-01') })).items.length, 2)
    const unknown = await store.trace(items.at(-1)?.trace_id ?? '')
    assert.equal(unknown?.latency_ms.llm, 0)
    assert.equal('duration_ms' in (unknown?.records[0] ?? {}), false)
    const [page] = [await store.list({ limit: 2 })]
    const rest = await store.list({ limit: 2, cursor: page?.cursor ?? undefined })
    assert.equal(rest.items.length, 1)
  }
})

test('spans of OpenTelemetry are read from exported documents, as a tree', needsData, async (t) => {
  const store = await storeIn(t, ':memory:')
  const examples = join(DATA, 'vectors/otlp-json-examples/examples')
  const names = readdirSync(examples).filter((name) => name.endsWith('.json'))
  const paths = names.map((name) => join(examples, name))
  const counts = await indexFiles({ store, paths })
  assert.ok(counts.added > 0)
  assert.deepEqual([counts.malformed, counts.invalid], [0, 0])
  const trace = await store.trace('5b8efff798038103d269b633813fc60c')
  assert.equal(trace?.roots[0]?.span_id, 'eee19b7ec3c1b174')
})

test('who was forgotten does not come back with the files, also in a new position', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'app.jsonl')
  const store = await storeIn(t, join(dir, 'recount.db'))
  const words = [message('user', 'the secret of anna')]
  writeFileSync(
    path,
    jsonl([call(1, 1, { user_id: 'anna' }), content(1, 1, 'input', words, { user_id: 'anna' })]),
  )
  await indexFiles({ store, paths: [path] })
  await store.erase({ user: 'anna' })
  renameSync(path, join(dir, 'copy.jsonl'))
  const counts = await indexFiles({ store, paths: [join(dir, 'copy.jsonl')] })
  assert.deepEqual([counts.erased, counts.added], [1, 0])
  assert.deepEqual((await store.search({ phrase: 'secret' })).items, [])
})

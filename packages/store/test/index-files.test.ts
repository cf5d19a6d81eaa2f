import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { followFiles, indexFiles, type Store } from '../src/index.ts'
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

test('what was written before a file was rotated away is not lost, renamed or compressed', async (t) => {
  for (const compress of [false, true]) {
    const dir = folder(t)
    const path = join(dir, 'app.jsonl')
    const store = await storeIn(t, ':memory:')
    writeFileSync(path, jsonl([call(1, 1)]))
    await indexFiles({ store, paths: [path] })
    appendFileSync(path, jsonl([call(2, 2)]))
    renameSync(path, join(dir, 'app.1.jsonl'))
    if (compress) {
      writeFileSync(join(dir, 'app.1.jsonl.gz'), gzipSync(jsonl([call(1, 1), call(2, 2)])))
      rmSync(join(dir, 'app.1.jsonl'))
    }
    writeFileSync(path, jsonl([call(3, 3)]))
    await indexFiles({ store, paths: [path] })
    assert.deepEqual(await spansIn(store), [1, 2, 3].map(spanId))
  }
})

test('a file that was emptied is read from its beginning', async (t) => {
  const path = join(folder(t), 'app.jsonl')
  const store = await storeIn(t, ':memory:')
  writeFileSync(path, jsonl([call(1, 1), call(2, 2)]))
  await indexFiles({ store, paths: [path] })
  truncateSync(path)
  writeFileSync(path, jsonl([call(3, 3), call(4, 4)]))
  assert.equal((await indexFiles({ store, paths: [path] })).added, 2)
})

test('a compressed file is read once; of a damaged one what is readable', async (t) => {
  const path = join(folder(t), 'app.jsonl.gz')
  const store = await storeIn(t, ':memory:')
  const lines = jsonl(Array.from({ length: 3000 }, (_, at) => call(at, at + 1)))
  const whole = gzipSync(lines)
  writeFileSync(path, whole.subarray(0, whole.length - 5000))
  const damaged = await indexFiles({ store, paths: [path] })
  assert.ok(damaged.added > 100 && damaged.added < 3000)
  assert.ok(damaged.malformed + damaged.cut > 0)
  writeFileSync(path, whole)
  await indexFiles({ store, paths: [path] })
  assert.equal((await indexFiles({ store, paths: [path] })).lines, 0)
  const [numbers] = await store.aggregate()
  assert.equal(numbers?.calls, 3000)
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

test('followed files are read as they grow and rotate, with new ones beside them', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'app.jsonl')
  const store = await storeIn(t, join(dir, 'recount.db'))
  const paths = [path]
  const controller = new AbortController()
  let wake: (() => void) | undefined
  const until = async (spans: readonly number[]): Promise<void> => {
    while ((await spansIn(store)).join() !== spans.map(spanId).join())
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  writeFileSync(path, jsonl([call(1, 1)]))
  const following = followFiles({
    ...{ store, everyMs: 5, signal: controller.signal },
    paths: async () => paths,
    onIndexed: () => wake?.(),
  })
  await until([1])
  appendFileSync(path, jsonl([call(2, 2)]))
  renameSync(path, join(dir, 'app.1.jsonl'))
  writeFileSync(path, jsonl([call(3, 3)]))
  await until([1, 2, 3])
  writeFileSync(join(dir, 'other.jsonl'), jsonl([call(4, 4)]))
  paths.push(join(dir, 'other.jsonl'))
  await until([1, 2, 3, 4])
  controller.abort()
  await following
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

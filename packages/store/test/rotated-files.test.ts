import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { followFiles, indexFiles, type Store } from '../src/index.ts'
import { folder, jsonl, storeIn } from './folder.ts'
import { call, spanId } from './records.ts'

async function spansIn(store: Store): Promise<string[]> {
  return (await store.list({ limit: 1000 })).items.map(({ span_id }) => span_id).sort()
}

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

test('a file that is compressed or deleted after it was found does not end the reading of others', async (t) => {
  const dir = folder(t)
  const path = (name: string): string => join(dir, name)
  const [first, gone, last] = ['app.1.jsonl', 'app.2.jsonl', 'app.jsonl'].map(path) as [
    string,
    string,
    string,
  ]
  writeFileSync(`${first}.gz`, gzipSync(jsonl([call(1, 1)])))
  writeFileSync(last, jsonl([call(3, 3)]))
  const store = await storeIn(t, ':memory:')
  const missed: string[] = []
  const onGone = (name: string): void => void missed.push(name)
  const counts = await indexFiles({ store, paths: [first, gone, last], onGone })
  assert.deepEqual([counts.files, missed], [2, [gone]])
  assert.deepEqual(await spansIn(store), [1, 3].map(spanId))
  await assert.rejects(indexFiles({ store, paths: [gone] }), { code: 'ENOENT' })
})

test('files that are compressed or deleted while others are read are no end of following', async (t) => {
  const dir = folder(t)
  const store = await storeIn(t, ':memory:')
  const controller = new AbortController()
  const [first = '', second = '', third = ''] = [1, 2, 3].map((at) => join(dir, `app.${at}.jsonl`))
  for (const [at, path] of [first, second, third].entries())
    writeFileSync(path, jsonl([call(at + 1, at + 1)]))
  await followFiles({
    ...{ store, paths: async () => [first, second, third], signal: controller.signal },
    onBytes() {
      if (!existsSync(third)) return
      writeFileSync(`${second}.gz`, gzipSync(readFileSync(second)))
      for (const path of [second, third]) rmSync(path)
    },
    onIndexed: () => controller.abort(),
  })
  assert.deepEqual(await spansIn(store), [1, 2].map(spanId))
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

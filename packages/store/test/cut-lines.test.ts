import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { indexFiles } from '../src/index.ts'
import { folder, storeIn } from './folder.ts'
import { call, spanId } from './records.ts'

test('a line that a container runtime cut is indexed whole, in whatever pieces its file grows', async (t) => {
  const path = join(folder(t), 'app.log')
  const store = await storeIn(t, ':memory:')
  const written = [1, 2, 3].map((at) => ({
    ...call(at, at),
    metadata: { note: 'é漢🙂'.repeat(99) },
  }))
  const [out, err, rest] = written.map((record) => Buffer.from(JSON.stringify(record)))
  const part = (stream: string, tag: string, bytes: Buffer) =>
    Buffer.concat([
      Buffer.from(`2026-01-01T00:00:00.5Z ${stream} ${tag} `),
      bytes,
      Buffer.from('\n'),
    ])
  const docker = (text: string) =>
    Buffer.from(`${JSON.stringify({ log: text, stream: 'stdout' })}\n`)
  const lines = [
    part('stdout', 'P', out?.subarray(0, 301) as Buffer),
    part('stderr', 'P', err?.subarray(0, 500) as Buffer),
    part('stdout', 'F', out?.subarray(301) as Buffer),
    part('stderr', 'F', err?.subarray(500) as Buffer),
    docker(rest?.toString().slice(0, 222) as string),
    docker(`${rest?.toString().slice(222)}\n`),
  ]
  const cut: number[] = []
  for (const line of lines) {
    appendFileSync(path, line)
    const { malformed, cut: begun } = await indexFiles({ store, paths: [path] })
    assert.equal(malformed, 0)
    cut.push(begun)
  }
  assert.deepEqual(cut, [1, 2, 1, 0, 1, 0])
  assert.deepEqual(
    (await store.list({ limit: 9 })).items.map(({ span_id }) => span_id).sort(),
    [1, 2, 3].map(spanId),
  )
  const stored = await store.trace(written[0]?.trace_id as string)
  assert.match(JSON.stringify(stored), /é漢🙂/)
  assert.doesNotMatch(JSON.stringify(stored), /\ufffd/)
  writeFileSync(`${path}.gz`, gzipSync(Buffer.concat(lines)))
  const again = await indexFiles({ store, paths: [`${path}.gz`] })
  assert.deepEqual([again.added, again.known, again.lines, again.cut], [0, 3, 6, 0])
})

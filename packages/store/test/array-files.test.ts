import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { indexFiles } from '../src/index.ts'
import { folder, storeIn } from './folder.ts'
import { call, content } from './records.ts'

test('an array of records is read in whatever layout it is, as lines are', async (t) => {
  const dir = folder(t)
  const records = [
    call(1, 1),
    call(2, 2, { metadata: { note: 'a ] and } , [ in "quotes" and \\' } }),
    content(2, 2, 'output', [{ nested: [1, [2, { deep: ',' }]] }]),
    { model: 'gpt-4o', timestamp: '2026-05-28T20:26:40Z', prompt_tokens: 1, latency_ms: 5 },
    { model: 'gpt-4o', timestamp: '2026-05-28T20:26:40Z', prompt_tokens: 1, latency_ms: 5 },
  ]
  const texts = records.map((one) => JSON.stringify(one))
  const layouts: Record<string, string> = {
    lines: `[${texts.join(',\n')}]`,
    one: JSON.stringify(records),
    pretty: JSON.stringify(records, null, 2),
    marked: `\ufeff\r\n [ ${texts.join(' ,\r\n ')} ]\r\n`,
    long: `[${texts.join(`,${' '.repeat(300_000)}`)}\n]\n`,
    followed: `[${texts.slice(0, 3).join(',')}]\n${texts.slice(3).join('\n')}`,
  }
  for (const [layout, text] of Object.entries(layouts)) {
    const store = await storeIn(t, ':memory:')
    const path = join(dir, `${layout}.json`)
    writeFileSync(path, text)
    const counts = await indexFiles({ store, paths: [path] })
    const { lines, added, malformed, cut, invalid, other } = counts
    assert.deepEqual([lines, added, malformed + cut + invalid + other], [5, 5, 0], layout)
    assert.equal((await indexFiles({ store, paths: [path] })).added, 0, layout)
    writeFileSync(`${path}.gz`, gzipSync(text))
    assert.equal((await indexFiles({ store, paths: [`${path}.gz`] })).lines, 5, layout)
    assert.equal((await store.list()).items.length, 4, layout)
  }
  for (const text of ['[]', '[ ]\n', '[', '', ' ', '[{"a":1}, {"b']) {
    const path = join(dir, 'odd.json')
    writeFileSync(path, text)
    const { added, lines } = await indexFiles({
      store: await storeIn(t, ':memory:'),
      paths: [path],
    })
    assert.deepEqual([added, lines <= 2], [0, true], text)
  }
})

test('an array that is written anew with more in it is read again', async (t) => {
  const path = join(folder(t), 'export.json')
  const store = await storeIn(t, ':memory:')
  writeFileSync(path, JSON.stringify([call(1, 1), call(2, 2)]).slice(0, -30))
  const cut = await indexFiles({ store, paths: [path] })
  assert.deepEqual([cut.added, cut.cut], [1, 1])
  writeFileSync(path, JSON.stringify([call(1, 1), call(2, 2), call(3, 3)]))
  assert.equal((await indexFiles({ store, paths: [path] })).added, 2)
  assert.equal((await indexFiles({ store, paths: [path] })).lines, 0)
})

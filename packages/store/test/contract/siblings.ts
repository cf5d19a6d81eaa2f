import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, content, message, spanId } from '../records.ts'
import type { Opened } from './opened.ts'

/** A call leads to the same question asked otherwise. */
export function siblingsContract(name: string, open: Opened): void {
  test(`${name}: the same question under another version comes first, then one in other words`, async (t) => {
    const store = await open(t)
    const ask = (at: number, text: string, fields: object): object[] => [
      call(at, at, { prompt: { name: 'triage', version: 1 }, ...fields }),
      content(at, at, 'input', [message('user', text)]),
    ]
    await store.ingest([
      ...ask(1, 'Can I return shoes that I have worn?', {}),
      ...ask(2, 'Can I return shoes that I have worn?', {}),
      ...ask(3, 'can I return shoes, that I have worn', { prompt: { name: 'triage', version: 2 } }),
      ...ask(4, 'I wore my shoes once, is returning them possible?', { model: 'acme-small' }),
      ...ask(5, 'Where is the nearest shop?', { model: 'acme-small' }),
    ] as Parameters<typeof store.ingest>[0])
    const siblings = await store.siblings(spanId(1))
    assert.deepEqual(
      siblings.slice(0, 2).map(({ span }) => span.span_id),
      [spanId(3), spanId(4)],
    )
    assert.deepEqual(siblings[0]?.differs, ['prompt_version'])
    assert.equal(siblings[0]?.similarity, 1)
    assert.ok(siblings.every(({ span }) => span.span_id !== spanId(2)))
    assert.deepEqual(await store.siblings(spanId(99)), [])
  })
}

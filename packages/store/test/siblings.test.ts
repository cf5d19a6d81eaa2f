import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, storeIn } from './folder.ts'
import { planted } from './planted-siblings.ts'
import { spanId } from './records.ts'

test('of 500 planted siblings the right one is first in nine of ten', async (t) => {
  const store = await storeIn(t, join(folder(t), 'recount.db'))
  const { records, pairs } = planted(500)
  await store.ingest(records)
  let right = 0
  // One of seven is asked for, so that all wordings and kinds of siblings come up.
  const asked = pairs.filter((_, at) => at % 7 === 0)
  for (const [one, other] of asked) {
    const [first] = await store.siblings(spanId(one), { limit: 1 })
    if (first?.span.span_id === spanId(other)) right += 1
  }
  assert.ok(right >= asked.length * 0.9, `${right} of ${asked.length}`)
})

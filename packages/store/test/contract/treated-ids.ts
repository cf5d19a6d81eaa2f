import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  createRedactor,
  derivedKeys,
  ephemeralKey,
  fileVault,
  type KeyProvider,
} from '@recount/redact'
import { folder } from '../folder.ts'
import { call, content, message, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

const USER = 'ada@example.org'

function keys(): KeyProvider {
  const key = ephemeralKey()
  return derivedKeys(() => key)
}

/** People are found by their ids as the application knows them, however these were written. */
export function treatedContract(name: string, open: Opened): void {
  test(`${name}: an id finds what was written hashed or as a token, under the old key and the new, of any tenant`, async (t) => {
    const [old, current] = [keys(), keys()]
    const audit = { append: async () => {} }
    const vault = fileVault({ path: join(folder(t), 'vault.jsonl'), keys: current, audit })
    const hashed = (key: KeyProvider) => createRedactor({ treat: { '*': 'hash' }, key })
    const tokens = createRedactor({ treat: { '*': 'tokenize' }, key: current, vault })
    const ids = [
      [USER, undefined],
      [hashed(old).whole(USER, 'user_id').text, undefined],
      [String(hashed(current)(USER).value), undefined],
      [hashed(current).whole(USER, 'user_id', { tenant: 'acme' }).text, 'acme'],
      [tokens.whole(USER, 'user_id').text, undefined],
    ] as const
    const others = [
      hashed(keys()).whole(USER, 'user_id').text,
      hashed(current).whole('bert', 'user_id').text,
      createRedactor().whole(USER, 'user_id').text,
    ]
    assert.equal(new Set([...ids.map(([id]) => id), ...others]).size, 8)
    const lines = [...ids, ...others.map((id) => [id, undefined] as const)].flatMap(
      ([user_id, tenant_id], at) => {
        const fields = { user_id, ...(tenant_id === undefined ? {} : { tenant_id }) }
        return [
          call(at, at, { ...fields, metadata: { client: String(hashed(old)('192.0.2.7').value) } }),
          content(at, at, 'output', [message('assistant', `words ${at}`)], fields),
        ]
      },
    )
    const store = await open(t, { treated: { keys: [current, old] } })
    await store.ingest(lines)
    const found = await store.list({ user_id: USER })
    assert.deepEqual(found.items.map(({ span_id }) => span_id).sort(), [0, 1, 2, 3, 4].map(spanId))
    assert.equal((await store.search({ phrase: 'words', user_id: USER })).items.length, 5)
    assert.equal((await store.aggregate({ user_id: USER }))[0]?.calls, 5)
    assert.equal((await store.list({ user_id: USER, tenant: 'acme' })).items.length, 1)
    assert.equal((await store.list({ metadata: { client: '192.0.2.7' } })).items.length, 8)
    const erasure = await store.erase({ user: USER })
    assert.equal(erasure.spans, 5)
    await store.ingest(lines)
    assert.equal((await store.search({ phrase: 'words' })).items.length, 3)
    assert.deepEqual((await store.list({ user_id: USER })).items, [])
    assert.deepEqual(await store.tenants(), ['acme'])
  })

  test(`${name}: a trace is found by the id of a message that was treated, under whichever key`, async (t) => {
    const [old, current] = [keys(), keys()]
    const given = ['m-ada@example.org', 'm-bert@example.org']
    const treated = [old, current].map((key, at) => {
      const redactor = createRedactor({ treat: { '*': 'hash' }, key })
      return String(redactor(given[at] ?? '').value)
    })
    const store = await open(t, { treated: { keys: [current, old] } })
    await store.ingest(treated.map((message_id, at) => call(at, at, { message_id })))
    for (const [at, id] of given.entries())
      assert.equal((await store.trace(id))?.trace_id, traceId(at))
    assert.equal(await store.trace('m-carl@example.org'), undefined)
  })
}

// Our store, in one SQLite file.
import { statSync } from 'node:fs'
import { openStore } from '../../packages/store/dist/src/index.js'

/** In the order in which a logger writes them: what went in, the terminal line, what came out. */
export function recordsOf(spans) {
  return spans.flatMap(({ record, contents: [first, ...others] }) =>
    first === undefined ? [record] : [first, record, ...others],
  )
}

export async function open(path) {
  let store = await openStore(`${path}.db`)
  const found = ({ items }) => items.length
  return {
    add: (spans) => store.ingest(recordsOf(spans)),
    // Closing waits until the index of words is filled.
    flush: async () => {
      await store.close()
      store = await openStore(`${path}.db`)
    },
    find: async (phrase) => found(await store.search({ phrase })),
    tree: async (trace_id) => (await store.trace(trace_id)).roots.length,
    list: async () => found(await store.list()),
    listOf: async (user_id) => found(await store.list({ user_id })),
    percentiles: async () => (await store.aggregate({ by: ['model'] })).length,
    close: () => store.close(),
    bytes: () => statSync(`${path}.db`).size,
  }
}

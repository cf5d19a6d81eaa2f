import { type Store, tokensIn } from '@recount/store'
import { type SourceOptions, scopeOf } from '../store/open-source.ts'

/** Options that say whose tokens. */
export interface TokenOptions extends SourceOptions {
  readonly user?: string
}

/** As many hits as are looked at before a token counts as somebody else's, too. */
const MOST_HITS = 200

/**
 * The tokens that go with a person: those of their id, and those that stand in what they said and were told, and nowhere
 * else in the store.
 */
export async function tokensOf(
  store: Store,
  ids: readonly string[],
  options: TokenOptions,
): Promise<ReadonlySet<string>> {
  const scope = scopeOf(options)
  const tokens = new Set(ids.flatMap(tokensIn))
  if (options.user === undefined) return tokens
  const traces = new Set<string>()
  const said = new Set<string>()
  for await (const { trace_id, records } of store.export({ ...scope, user_id: ids })) {
    traces.add(trace_id)
    for (const token of tokensIn(JSON.stringify(records))) said.add(token)
  }
  for (const token of said) {
    const { items, cursor } = await store.search({ ...scope, phrase: token, limit: MOST_HITS })
    if (cursor === null && items.every(({ span }) => traces.has(span.trace_id))) tokens.add(token)
  }
  return tokens
}

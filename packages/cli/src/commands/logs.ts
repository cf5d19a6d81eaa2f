import { CATEGORIES } from '@recount/diagnose'
import type { AnyRecord } from '@recount/record'
import type { Hit, Page, SpanSummary, Store } from '@recount/store'
import { CliError, EXIT } from '../errors.ts'
import { plainJson } from '../plain-text.ts'
import { type Entry, entryText } from '../store/entry-text.ts'
import { withSource } from '../store/open-source.ts'
import { type FilterOptions, filterOf } from '../store/query-filter.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount logs`. */
export interface LogsOptions extends FilterOptions {
  readonly query?: string
  readonly count: number
  readonly cursor?: string
  readonly json?: boolean
  readonly short?: boolean
  readonly usage?: boolean
  readonly truncate?: boolean
  readonly all?: boolean
}

/** As many at a time as a store gives. */
const MOST = 1000

/** Lists calls, what began last first, or those that have a phrase. */
export async function listLogs(
  patterns: readonly string[],
  options: LogsOptions,
  terminal: Terminal,
): Promise<number> {
  return withSource(patterns, options, terminal, async (store) => {
    const page = await pageOf(store, options)
    const entries: Entry[] = []
    for (const item of page.items) entries.push(await entryOf(store, item, options))
    checkCategory(options, entries)
    if (options.json) terminal.print(`${plainJson({ ...page, items: entries }, 2)}\n`)
    else {
      const paint = painter(terminal.color)
      for (const entry of entries)
        terminal.print(entryText(entry, options, { paint, columns: terminal.columns }))
      if (entries.length === 0) terminal.say('Nothing was found')
      if (page.cursor !== null) terminal.say(`There is more: --cursor ${page.cursor}`)
    }
    return EXIT.done
  })
}

/** Rules may add categories: one that nobody has, and that is none of ours, was mistyped. */
function checkCategory({ category }: LogsOptions, found: readonly Entry[]): void {
  const ids = CATEGORIES.map(({ id }) => id)
  if (found.length === 0 && category !== undefined && !ids.includes(category))
    throw new CliError(
      'CLI_OPTION_INVALID',
      `No call has the --category ${category}; categories are ${ids.join(', ')}, and those of your rules`,
    )
}

type Item = { readonly span: SpanSummary } & Partial<Hit>

async function pageOf(store: Store, options: LogsOptions): Promise<Page<Item>> {
  const { query, count, cursor, all } = options
  const limit = Math.min(count === 0 ? MOST : count, MOST)
  const filter = { ...filterOf(options), limit, cursor }
  if (query !== undefined) return store.search({ ...filter, phrase: query })
  const page = await store.list({ ...filter, ...(all ? {} : { event: 'llm_call' }) })
  return { ...page, items: page.items.map((span) => ({ span })) }
}

async function entryOf(store: Store, item: Item, options: LogsOptions): Promise<Entry> {
  const { span, part, snippet } = item
  const found = part === undefined || snippet === undefined ? {} : { part, snippet }
  if (options.short && !options.json) return { span, ...found, content: {}, about: [] }
  const { records } = (await store.trace(span.trace_id, {
    tenant: span.tenant_id ?? '',
  })) ?? { records: [] }
  const own = records.filter(({ span_id }) => span_id === span.span_id)
  const about = own.filter(({ event }) => event === 'user_action' || event === 'evaluation')
  return { span, ...found, content: contentOf(own), about }
}

function contentOf(records: readonly AnyRecord[]): Record<string, unknown> {
  const said = records.filter((record) => record.event === 'content')
  return Object.fromEntries(said.map(({ part, content }) => [part, content]))
}

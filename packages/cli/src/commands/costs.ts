import type { Grouped, GroupKey } from '@recount/store'
import { CliError, EXIT } from '../errors.ts'
import { countText, durationText } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { fitted, widthOf } from '../show/layout.ts'
import { withSource } from '../store/open-source.ts'
import { type FilterOptions, filterOf } from '../store/query-filter.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount costs`. */
export interface CostsOptions extends FilterOptions {
  readonly by: string
  readonly count: number
  readonly json?: boolean
}

/** Says what calls cost, by keys, the dearest first. */
export async function listCosts(
  patterns: readonly string[],
  options: CostsOptions,
  terminal: Terminal,
): Promise<number> {
  const by = options.by.split(',').map((key) => key.trim()) as GroupKey[]
  const twice = by.find((key, at) => by.indexOf(key) !== at)
  if (twice !== undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected --by to name each key once, got ${twice} twice`,
    )
  return withSource(patterns, options, terminal, async (store) => {
    const filter = filterOf(options)
    const groups = await store.aggregate({ ...filter, by })
    const [total = null] = await store.aggregate(filter)
    if (options.json) terminal.print(`${plainJson({ total, groups }, 2)}\n`)
    else terminal.print(costsText(by, groups.slice(0, options.count), total, terminal))
    const more = groups.length - options.count
    if (more > 0 && !options.json) terminal.say(`${countText(more)} more: -n ${groups.length}`)
    return EXIT.done
  })
}

const HEAD = ['calls', 'errors', 'p95', 'in', 'out', 'cost']

function costsText(
  by: readonly string[],
  groups: readonly Grouped[],
  total: Grouped | null,
  { color, columns }: Terminal,
): string {
  const paint = painter(color)
  if (total === null) return 'No calls\n'
  const rows = [
    ...groups.map((group) => [by.map((key) => nameOf(group, key)).join(' · '), ...cells(group)]),
    ['all', ...cells(total)],
  ]
  const table = [[by.join(' · '), ...HEAD], ...rows]
  const widths = [...HEAD.keys()].map((at) =>
    Math.max(...table.map((row) => (row[at + 1] ?? '').length)),
  )
  const room = columns - widths.reduce((sum, width) => sum + width + 2, 0)
  const first = Math.max(8, Math.min(room, Math.max(...table.map(([name = '']) => widthOf(name)))))
  const lines = table.map(([name = '', ...rest]) =>
    [fitted(name, first), ...rest.map((cell, at) => cell.padStart((widths[at] ?? 0) + 2))].join(''),
  )
  const [head = '', ...others] = lines
  const unknown = total.cost_unknown_calls
  const note = unknown > 0 ? `\nUnknown cost: ${countText(unknown)} calls, not in the sums\n` : ''
  return `${paint('dim', head)}\n${others.join('\n')}\n${note}`
}

function nameOf({ key }: Grouped, by: string): string {
  return plainLine(key[by as GroupKey] ?? '–')
}

function cells(group: Grouped): string[] {
  const { calls, errors, latency_ms, input_tokens, output_tokens, cost_usd } = group
  return [
    countText(calls),
    countText(errors),
    latency_ms.p95 === null ? '–' : durationText(latency_ms.p95),
    input_tokens === null ? '–' : countText(input_tokens),
    output_tokens === null ? '–' : countText(output_tokens),
    cost_usd === null ? 'unknown' : `$${Number(cost_usd.toPrecision(6))}`,
  ]
}

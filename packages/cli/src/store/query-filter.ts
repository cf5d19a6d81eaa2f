import type { Filter, RangeFilter } from '@recount/store'
import { momentMs } from '../durations.ts'
import { CliError } from '../errors.ts'
import { type SourceOptions, scopeOf } from './open-source.ts'

/** Options by which commands choose among calls. */
export interface FilterOptions extends SourceOptions {
  readonly since?: string
  readonly until?: string
  readonly model?: string
  readonly provider?: string
  readonly user?: string
  readonly session?: string
  readonly prompt?: string
  readonly workflow?: string
  readonly step?: string
  readonly environment?: string
  readonly release?: string
  readonly status?: string
  readonly category?: string
  readonly action?: string
  readonly score?: string
  readonly tag?: string
  readonly metadata?: readonly string[]
  readonly minCost?: string
  readonly minDuration?: string
  readonly minTokens?: string
}

/** The filter that options ask for. Throws `CLI_OPTION_INVALID`. */
export function filterOf(options: FilterOptions): Filter {
  const { user, session, model, provider, workflow, step, environment, release } = options
  const { status, category, action, tag } = options
  const [prompt_name, prompt_version] = promptOf(options.prompt)
  const since = moment('--since', options.since)
  const until = moment('--until', options.until)
  if (since !== undefined && until !== undefined && since >= until)
    throw new CliError('CLI_OPTION_INVALID', 'Expected --since to be before --until')
  return {
    ...scopeOf(options),
    ...{ user_id: user, session_id: session, model, provider, workflow, step },
    ...{ environment, release, category, tag, prompt_name, prompt_version },
    status: status as Filter['status'],
    action: action as Filter['action'],
    score: scoreOf(options.score),
    ...{ since, until },
    metadata: metadataOf(options.metadata ?? []),
    ranges: rangesOf({
      cost_usd: number('--min-cost', options.minCost),
      duration_ms: number('--min-duration', options.minDuration),
      tokens: number('--min-tokens', options.minTokens),
    }),
  }
}

/** `NAME` or `NAME@VERSION`. */
function promptOf(text: string | undefined): readonly (string | undefined)[] {
  if (text === undefined) return []
  const [name, version] = text.split('@')
  if (name !== '' && version !== '') return [name, version]
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected --prompt NAME or NAME@VERSION, got ${text || "''"}`,
  )
}

/** `NAME`, or with a bound of the score, or a label; what reads as a number is a score, as in `recount score`. */
function scoreOf(text: string | undefined): Filter['score'] {
  if (text === undefined) return undefined
  const [, name = '', comparison, value = ''] =
    /^([^<>=]*)(?:([<>]?=|[<>])(.*))?$/s.exec(text) ?? []
  const bound = value.trim() === '' ? Number.NaN : Number(value)
  if (name !== '' && comparison === undefined) return { name }
  if (name !== '' && comparison === '=' && value !== '')
    return Number.isFinite(bound)
      ? { name, at_least: bound, at_most: bound }
      : { name, label: value }
  if (name !== '' && Number.isFinite(bound) && comparison?.length === 2)
    return comparison === '>=' ? { name, at_least: bound } : { name, at_most: bound }
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected --score NAME, 'NAME>=0.5', 'NAME<=0.5' or NAME=LABEL, got ${text || "''"}`,
  )
}

function moment(name: string, text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : momentMs(text)
  if (text === undefined || ms !== undefined) return ms
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected ${name} to be an ISO date or a duration such as 24h, got ${text}`,
  )
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new CliError('CLI_OPTION_INVALID', `Expected ${name} to be a number from 0 on, got ${text}`)
}

/** `key=value`; what reads as a number or a truth is one. */
function metadataOf(pairs: readonly string[]): NonNullable<Filter['metadata']> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new CliError('CLI_OPTION_INVALID', `Expected --metadata key=value, got ${pair}`)
      return [pair.slice(0, at), scalar(pair.slice(at + 1))]
    }),
  )
}

function scalar(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function rangesOf(least: Readonly<Record<RangeFilter, number | undefined>>): Filter['ranges'] {
  return Object.fromEntries(
    Object.entries(least).flatMap(([key, at_least]) =>
      at_least === undefined ? [] : [[key, { at_least }]],
    ),
  )
}

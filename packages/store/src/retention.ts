import type { SpanSet } from './engine.ts'
import { StoreError } from './errors.ts'

/** How long something is kept: days by when a span began, or for ever. */
export type Days = number | 'forever'

/** How long the content and the metadata of spans are kept. Content never outlives its metadata. */
export interface Kept {
  readonly content_days?: Days
  readonly metadata_days?: Days
}

/** What a rule of retention is about: all keys must hold; of a list, one of its values. */
export type RetentionWhen = {
  readonly [key in (typeof WHEN_KEYS)[number]]?: string | readonly string[]
}

/** Which spans are kept for how long. */
export interface RetentionRule {
  readonly name?: string
  readonly when: RetentionWhen
  /** What it does not say comes from `defaults`. */
  readonly then: Kept
}

/** A retention policy: the first rule that holds for a span decides, else `defaults`, else it is kept for ever. */
export interface RetentionPolicy {
  readonly $schema?: string
  readonly version: 1
  readonly rules?: readonly RetentionRule[]
  readonly defaults?: Kept
}

/** A checked rule; the last one is about all that is left. */
export interface CheckedRule {
  readonly name: string
  readonly set: SpanSet
  readonly content_days: Days
  readonly metadata_days: Days
}

const WHEN_KEYS = [
  'tenant',
  'environment',
  'service',
  'release',
  'workflow',
  'agent',
  'model',
  'event',
  'status',
  'tag',
] as const

const MOST_RULES = 100

/** Checks a policy and fills its gaps. Throws `STORE_RETENTION_INVALID`. */
export function checkRetention(policy: unknown): readonly CheckedRule[] {
  const {
    version,
    rules = [],
    defaults = {},
  } = objectAt('the policy', policy, [...['$schema', 'version', 'rules', 'defaults']])
  if (version !== 1) throw invalid('`version` to be 1', version)
  if (!Array.isArray(rules) || rules.length > MOST_RULES)
    throw invalid(`\`rules\` to be a list of at most ${MOST_RULES} rules`, rules)
  const below = keptAt('defaults', defaults, { content_days: 'forever', metadata_days: 'forever' })
  return [
    ...rules.map((rule: unknown, at) => checkedRule(`rules.${at}`, rule, below)),
    { name: 'defaults', set: { tenants: undefined, filter: {} }, ...below },
  ]
}

function checkedRule(place: string, rule: unknown, below: Required<Kept>): CheckedRule {
  const { name = place, when, then } = objectAt(place, rule, ['name', 'when', 'then'])
  if (typeof name !== 'string' || name === '') throw invalid(`\`${place}.name\` to be a text`, name)
  const { tenant, ...filter } = whenAt(`${place}.when`, when)
  return { name, set: { tenants: tenant, filter }, ...keptAt(`${place}.then`, then, below) }
}

function whenAt(place: string, when: unknown): { readonly [key: string]: readonly string[] } {
  const entries = Object.entries(objectAt(place, when, WHEN_KEYS))
  if (entries.length === 0)
    throw invalid(
      `\`${place}\` to have a condition; what holds for all is said in \`defaults\``,
      when,
    )
  return Object.fromEntries(
    entries.map(([key, wanted]) => {
      const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
      if (values.length === 0 || values.some((value) => typeof value !== 'string' || value === ''))
        throw invalid(`\`${place}.${key}\` to be a text or a list of texts`, wanted)
      if (values.some((value) => String(value).includes('*')))
        throw invalid(`\`${place}.${key}\` to name values as they are, without \`*\``, wanted)
      return [key, values as readonly string[]]
    }),
  )
}

function keptAt(place: string, kept: unknown, below: Required<Kept>): Required<Kept> {
  const { content_days = below.content_days, metadata_days = below.metadata_days } = objectAt(
    place,
    kept,
    ['content_days', 'metadata_days'],
  )
  const days = {
    content_days: daysAt(place, content_days),
    metadata_days: daysAt(place, metadata_days),
  }
  if (days.content_days !== 'forever' && lengthOf(days.content_days) > lengthOf(days.metadata_days))
    throw invalid(`\`${place}\` to keep metadata for as long as content, or longer`, kept)
  return days
}

function daysAt(place: string, days: unknown): Days {
  if (days === 'forever') return days
  if (typeof days === 'number' && days >= 0 && days <= 100_000) return days
  throw invalid(`days in \`${place}\` to be a number from 0 to 100,000, or "forever"`, days)
}

function lengthOf(days: Days): number {
  return days === 'forever' ? Number.POSITIVE_INFINITY : days
}

function objectAt(
  place: string,
  value: unknown,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`\`${place}\` to be an object`, value)
  for (const key of Object.keys(value))
    if (!keys.includes(key)) throw invalid(`keys of \`${place}\` to be of ${keys.join(', ')}`, key)
  return value as Readonly<Record<string, unknown>>
}

function invalid(expected: string, got: unknown): StoreError {
  const text = (JSON.stringify(got) ?? String(got)).slice(0, 200)
  return new StoreError('STORE_RETENTION_INVALID', `Expected ${expected}, got ${text}`)
}

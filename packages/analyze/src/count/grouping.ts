import type { Reading } from '@recount/record/shapes'
import { isRow, lookUp } from '@recount/record/shapes'
import { AnalyzeError } from '../errors.ts'
import { toName } from '../shape/call.ts'
import { OTHER } from './capped.ts'
import type { TimeKeys } from './time-key.ts'
import { SERIES_STEPS, type SeriesStep } from './time-series.ts'

/** What `--by` can name, besides `metadata.KEY`. */
export const GROUP_KEYS = [
  'model',
  'provider',
  'prompt',
  'user',
  'tenant',
  'session',
  'step',
  'workflow',
  'agent',
  'service',
  'release',
  'environment',
  'tag',
  'error',
  'trace',
  'finish',
  'minute',
  'hour',
  'day',
] as const

/** One value of a compound key; null where a record does not say. */
export interface GroupKey {
  readonly [key: string]: string | null
}

const MAX_TAGS = 20

/** Checks the keys of `--by`, comma-separated or as a list; ANALYZE_OPTION_INVALID names a wrong one. */
export function parseGroupKeys(by: readonly string[]): string[] {
  const keys = by.flatMap((part) => part.split(',')).map((key) => key.trim())
  for (const key of keys) {
    const known = (GROUP_KEYS as readonly string[]).includes(key) || /^metadata\../.test(key)
    if (known) continue
    const expected = `${GROUP_KEYS.join(', ')} or metadata.KEY`
    throw new AnalyzeError(
      'ANALYZE_OPTION_INVALID',
      `Expected every key of \`by\` to be one of ${expected}, got \`${key}\``,
    )
  }
  return [...new Set(keys)]
}

/** The keys of all groups that a record is in: one, or one for each of its tags. */
export function groupKeysOf(
  keys: readonly string[],
  reading: Reading,
  errorType: string | null,
  times: TimeKeys,
): GroupKey[] {
  let found: GroupKey[] = [{}]
  for (const key of keys) {
    const values =
      key === 'tag' ? tagsOf(reading.tags) : [groupValue(key, reading, errorType, times)]
    found = found.flatMap((group) => values.map((value) => ({ ...group, [key]: value })))
  }
  return found
}

function groupValue(
  key: string,
  reading: Reading,
  errorType: string | null,
  times: TimeKeys,
): string | null {
  if (key === 'model') return toName(reading.model) ?? toName(reading.response_model)
  if (key === 'prompt') return promptOf(reading)
  if (key === 'error') return errorType
  if (isStep(key)) return times.label(key, reading.start_time)
  if (key === 'trace') return toName(reading.trace_id)
  if (key === 'finish') return toName(reading.finish_reason)
  if (['user', 'tenant', 'session'].includes(key)) return toName(reading[`${key}_id`])
  if (!key.startsWith('metadata.')) return toName(reading[key])
  const { metadata } = reading
  return isRow(metadata) ? toName(lookUp(metadata, key.slice('metadata.'.length))) : null
}

/** Whether a key names a time. */
export function isStep(key: string): key is SeriesStep {
  return (SERIES_STEPS as readonly string[]).includes(key)
}

/** Keys with the minute, hour and day of another. */
export function timedAs(first: GroupKey, keys: readonly GroupKey[]): GroupKey[] {
  const times = Object.fromEntries(Object.entries(first).filter(([key]) => isStep(key)))
  return keys.map((key) => ({ ...key, ...times }))
}

/** The key of what is beyond the groups that are told apart. */
export function otherKey(by: readonly string[]): GroupKey {
  return Object.fromEntries(by.map((key) => [key, OTHER]))
}

/** `name@version`, so that versions can be compared. */
export function promptOf(reading: Reading): string | null {
  const prompt = isRow(reading.prompt) ? reading.prompt : undefined
  const name = toName(reading.prompt_name) ?? toName(prompt?.name)
  const version = toName(reading.prompt_version) ?? toName(prompt?.version)
  return name === null || version === null ? name : `${name}@${version}`
}

function tagsOf(tags: unknown): (string | null)[] {
  const texts = isRow(tags)
    ? Object.entries(tags).map(([key, value]) => `${key}:${toName(value) ?? ''}`)
    : (Array.isArray(tags) ? tags : [tags]).map(toName)
  const named = [...new Set(texts.filter((text) => text !== null))].slice(0, MAX_TAGS)
  return named.length > 0 ? named : [null]
}

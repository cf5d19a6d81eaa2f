import { STATUSES, USER_ACTIONS } from '@recount/record'
import { StoreError } from '../errors.ts'
import { type Filter, RANGES, TEXT_FILTERS, valuesOf } from './filter.ts'

const OTHER_KEYS = ['tenant', 'since', 'until', 'status', 'action', 'tag', 'metadata', 'ranges']
const BOUNDS = ['at_least', 'at_most'] as const

/** Checks a filter. Throws `STORE_QUERY_INVALID`. */
export function checkFilter(filter: Filter, more: readonly string[] = []): void {
  const known: readonly string[] = [...TEXT_FILTERS, ...OTHER_KEYS, ...more]
  for (const key of Object.keys(filter)) {
    if (known.includes(key)) continue
    throw invalid(`\`${key}\` is no filter; filters are ${known.join(', ')}`)
  }
  for (const key of [...TEXT_FILTERS, 'tag'] as const) checkTexts(key, filter[key])
  for (const key of ['since', 'until'] as const) checkNumber(key, filter[key])
  checkWords('status', filter.status, [...STATUSES, 'interrupted'])
  checkWords('action', filter.action, USER_ACTIONS)
  for (const [key, wanted] of entriesOf('metadata', filter.metadata))
    checkScalars(`metadata.${key}`, wanted)
  for (const [key, range] of entriesOf('ranges', filter.ranges)) {
    checkWords('ranges', key, RANGES)
    if (range !== undefined) checkRange(key, range)
  }
}

function checkTexts(key: string, wanted: unknown): void {
  if (wanted === undefined) return
  for (const one of valuesOf(wanted))
    if (typeof one !== 'string')
      throw invalid(`Expected \`${key}\` to be a text or a list of texts, got ${kindOf(one)}`)
}

function checkNumber(key: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'number' || Number.isNaN(value)))
    throw invalid(`Expected \`${key}\` to be a number, got ${shown(value)}`)
}

function checkWords(key: string, wanted: unknown, words: readonly string[]): void {
  if (wanted === undefined) return
  for (const one of valuesOf(wanted))
    if (!words.includes(one as string))
      throw invalid(`Expected \`${key}\` to be of ${words.join(', ')}, got ${shown(one)}`)
}

function checkScalars(key: string, wanted: unknown): void {
  for (const one of valuesOf(wanted))
    if (!isScalar(one))
      throw invalid(
        `Expected \`${key}\` to be a text, number, boolean, null or a list of these, got ${kindOf(one)}`,
      )
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function checkRange(key: string, range: unknown): void {
  const bounds = entriesOf(`ranges.${key}`, range)
  for (const [bound, value] of bounds) {
    checkWords(`ranges.${key}`, bound, BOUNDS)
    checkNumber(`ranges.${key}.${bound}`, value)
  }
  if (bounds.every(([, value]) => value === undefined))
    throw invalid(`Expected \`ranges.${key}\` to have \`at_least\`, \`at_most\` or both`)
}

function entriesOf(key: string, value: unknown): [string, unknown][] {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value)
  throw invalid(`Expected \`${key}\` to be an object, got ${kindOf(value)}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? kindOf(value) : String(value)
}

function invalid(message: string): StoreError {
  return new StoreError('STORE_QUERY_INVALID', message)
}

import { isSpanId, isTraceId, type Scalar } from '@recount/record'
import { isCredentialKey, MASK, maskText, toPlain } from '@recount/redact'
import { callParams } from './call-params.ts'
import { roundMs } from './clock.ts'
import { maskedForCut } from './cut.ts'

/** What a field becomes on the line; undefined leaves it out, because the format does not allow what was given. */
export type FieldReader = (value: unknown) => unknown

/** Names are cut to this many characters: a record is no place for a document. */
const MAX_TEXT = 1024
/** So are ids of what was found, of which a line may have hundreds. */
const MAX_ID = 256
/** Of a text that is cut, so much behind the cut is looked at: more than most secrets have. */
const MAX_BEHIND = 4096
const MAX_FREE_TEXT = 8192
const MAX_TEXTS = 1000
/** Characters of all texts of a list. */
const MAX_LIST = 65_536

export const text: FieldReader = (value) =>
  typeof value === 'string' ? cut(value, MAX_TEXT) : undefined

/** A text or number that names something of the application's. */
export const id: FieldReader = (value) =>
  typeof value === 'string' || typeof value === 'number' ? cut(String(value), MAX_ID) : undefined

/** A text of at most so many characters, well-formed; `…` at its end says that it is cut. */
export function cut(value: string, most: number): string {
  if (value.length <= most) return wellFormed(value, most)
  const masked = maskedForCut(value.slice(0, most + MAX_BEHIND))
  return `${wellFormed(masked, most - 1)}…`
}

/** Free text of people: masked, 8,192 characters at most. */
export const freeText: FieldReader = (value) => {
  if (typeof value !== 'string') return undefined
  const masked = maskText(wellFormed(value, 2 * MAX_FREE_TEXT))
  if (masked.length <= MAX_FREE_TEXT) return masked
  return maskedForCut(masked).slice(0, MAX_FREE_TEXT).toWellFormed()
}

export const version: FieldReader = (value) => (isNumber(value) ? value : text(value))
export const number: FieldReader = (value) => (isNumber(value) ? value : undefined)
/** A number from 0 up. */
export const amount: FieldReader = (value) => (isNumber(value) && value >= 0 ? value : undefined)
/** Milliseconds from 0 up, with three decimals. */
export const milliseconds: FieldReader = (value) =>
  isNumber(value) && value >= 0 ? roundMs(value) : undefined
/** A whole number from 0 up. */
export const count: FieldReader = (value) =>
  isNumber(value) && value >= 0 ? Math.round(value) : undefined
/** A whole number from 1 up. */
export const ordinal: FieldReader = (value) =>
  Number.isInteger(value) && (value as number) >= 1 ? value : undefined
export const flag: FieldReader = (value) => (typeof value === 'boolean' ? value : undefined)
export const traceId: FieldReader = (value) => (isTraceId(value) ? value : undefined)
export const spanId: FieldReader = (value) => (isSpanId(value) ? value : undefined)
export const texts: FieldReader = (value) => {
  if (!Array.isArray(value)) return undefined
  const kept: unknown[] = []
  let left = MAX_LIST
  for (const item of value.slice(0, MAX_TEXTS)) {
    const label = text(item)
    if (typeof label !== 'string') continue
    left -= label.length
    if (left < 0) break
    kept.push(label)
  }
  return kept
}

/** Unknown is said, not left out: `null` tokens are tokens that nobody counted. */
export function orNull(reader: FieldReader): FieldReader {
  return (value) => (value === null ? null : reader(value))
}

/** One of some words. */
export function oneOf(words: readonly string[]): FieldReader {
  return (value) => (words.includes(value as string) ? value : undefined)
}

/** An object of known fields; left out where a required one is missing. */
export function object(
  fields: { readonly [key: string]: FieldReader },
  required: readonly string[] = [],
): FieldReader {
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined
    const found: Record<string, unknown> = {}
    for (const key in fields) {
      const member: unknown = (value as Record<string, unknown>)[key]
      const kept = member === undefined ? undefined : fields[key]?.(member)
      if (kept !== undefined) found[key] = kept
    }
    return required.some((key) => found[key] === undefined) ? undefined : found
  }
}

/** Parameters as sent, without content and credentials. */
export const params: FieldReader = callParams

const TOO_LARGE = '[Too large]'
/** Metadata is bounded to this many bytes of JSON. */
const MAX_METADATA_BYTES = 8192

/** A flat object of scalars within the budget; credentials are masked, and that something did not fit is said. */
export const scalars: FieldReader = (value) => {
  const plain = toPlain(value, (key) => (isCredentialKey(key) ? MASK : undefined))
  if (!isPlainObject(plain)) return undefined
  const flat = Object.entries(plain).filter(([, item]) => typeof item !== 'object' || item === null)
  return withinBudget(
    flat.map(([key, item]) => [key, (typeof item === 'string' ? freeText(item) : item) as Scalar]),
  )
}

/** The metadata of a span: its own first, then what it inherits, as far as the budget goes. */
export function mergeMetadata(
  outer: Readonly<Record<string, Scalar>>,
  own: Readonly<Record<string, Scalar>>,
): Record<string, Scalar> {
  const merged = { ...outer, ...own }
  const size = Buffer.byteLength(JSON.stringify(merged))
  if (size <= MAX_METADATA_BYTES) return merged
  return withinBudget(Object.entries({ ...own, ...outer, ...own }))
}

function withinBudget(entries: readonly (readonly [string, Scalar])[]): Record<string, Scalar> {
  // Room for the braces, and for saying that something did not fit.
  let left = MAX_METADATA_BYTES - TOO_LARGE.length - 10
  const fitting = entries.filter(([key, item]) => {
    const size = Buffer.byteLength(JSON.stringify([key, item]))
    if (size > left) return false
    left -= size
    return true
  })
  const kept = Object.fromEntries(fitting)
  if (fitting.length < entries.length) kept[TOO_LARGE] = true
  return kept
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wellFormed(value: string, most: number): string {
  const kept = value.length > most ? value.slice(0, most) : value
  return kept.isWellFormed() ? kept : kept.toWellFormed()
}

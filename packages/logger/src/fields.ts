import type { Scalar } from '@recount/record'
import { isCredentialKey, MASK, toPlain } from '@recount/redact'

/** What a field may hold; anything else that a caller gives is left out. */
export type FieldKind =
  | 'text'
  | 'version'
  | 'number'
  | 'count'
  | 'flag'
  | 'json'
  | 'texts'
  | 'scalars'

/** The fields that are taken from a caller's object, with their kinds, in the order in which they are written. */
export type FieldTable = { readonly [key: string]: FieldKind }

type Fields = Record<string, unknown>

/** Reads the fields of a table from anything, each at most once, whatever its getters do. Never throws. */
export function readFields(source: object | undefined, table: FieldTable): Fields {
  const fields: Fields = {}
  if (source === undefined) return fields
  for (const key in table) {
    const value = readField(source, key, table[key] as FieldKind)
    if (value !== undefined) fields[key] = value
  }
  return fields
}

/** One property, or undefined when it cannot be read. */
export function read(source: object, key: string): unknown {
  try {
    return (source as Fields)[key]
  } catch {
    return undefined
  }
}

function readField(source: object, key: string, kind: FieldKind): unknown {
  const value = read(source, key)
  if (value === undefined) return undefined
  // Unknown is said, not left out: `null` tokens are tokens that nobody counted.
  if (value === null) return null
  return READERS[kind](value)
}

const READERS: { readonly [kind in FieldKind]: (value: unknown) => unknown } = {
  text: (value) => (typeof value === 'string' ? wellFormed(value) : undefined),
  version: (value) => (typeof value === 'number' ? value : READERS.text(value)),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  count: (value) =>
    typeof value === 'number' && value >= 0 && Number.isFinite(value)
      ? Math.round(value)
      : undefined,
  flag: (value) => (typeof value === 'boolean' ? value : undefined),
  json: (value) => toPlain(value, (key) => (isCredentialKey(key) ? MASK : undefined)),
  texts: (value) =>
    Array.isArray(value)
      ? value.filter((item) => typeof item === 'string').map(wellFormed)
      : undefined,
  scalars,
}

/** Metadata is bounded to this many characters of JSON. */
const MAX_METADATA = 8192

/** A flat object of scalars within the budget; credential-like keys are masked, what does not fit is named as left out. */
function scalars(value: unknown): Record<string, Scalar> | undefined {
  const plain = READERS.json(value)
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return undefined
  const kept: Record<string, Scalar> = {}
  let left = MAX_METADATA
  for (const [key, item] of Object.entries(plain)) {
    if (typeof item === 'object' && item !== null) continue
    left -= key.length + String(item).length + 6
    if (left < 0) {
      kept['[Too large]'] = true
      break
    }
    kept[key] = item
  }
  return kept
}

function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed()
}

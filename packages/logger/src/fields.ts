import type { FieldReader } from './field-readers.ts'

/** The fields that are taken from a caller's object, with their readers, in the order in which they are written. */
export type FieldTable = { readonly [key: string]: FieldReader }

type Fields = Record<string, unknown>

/** Reads the fields of a table from anything, each at most once, whatever its getters do. Never throws. */
export function readFields(source: object | undefined, table: FieldTable): Fields {
  const fields: Fields = {}
  if (source === undefined) return fields
  for (const key in table) {
    const value = readField(source, key, table[key] as FieldReader)
    if (value !== undefined) fields[key] = value
  }
  return fields
}

/** One property, or undefined when it cannot be read. */
export function read(source: unknown, key: PropertyKey): unknown {
  try {
    return (source as Record<PropertyKey, unknown>)[key]
  } catch {
    return undefined
  }
}

/**
 * One property of a reply, where it is plain data of its own. Getters are not run: those of SDKs' results may start a
 * request, take a stream or make a promise that nobody handles.
 */
export function readData(source: unknown, key: PropertyKey): unknown {
  try {
    return Reflect.getOwnPropertyDescriptor(source as object, key)?.value
  } catch {
    return undefined
  }
}

/** Like `readFields`, for a line that means nothing without some of them: throws (to be warned of) where one is missing. */
export function readRequired(
  source: object,
  table: FieldTable,
  required: readonly string[],
): Fields {
  const fields = readFields(source, table)
  const missing = required.filter((key) => fields[key] === undefined)
  if (missing.length > 0) throw new TypeError(`Expected a valid \`${missing.join('`, `')}\``)
  return fields
}

function readField(source: object, key: string, reader: FieldReader): unknown {
  try {
    const value = (source as Fields)[key]
    return value === undefined ? undefined : reader(value)
  } catch {
    return undefined
  }
}

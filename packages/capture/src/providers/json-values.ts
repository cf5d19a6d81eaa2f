/** An object of parsed JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is an object and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key of an object or a place in a list. */
type Key = string | number

/**
 * The value at a path of up to five keys; undefined where there is none. Keys are those of wire formats, never a name that
 * a prototype has: whoever asks takes only texts, counts, lists and objects. Not a list of keys, because this is asked many times for each chunk of a stream.
 */
export function at(value: unknown, a: Key, b?: Key, c?: Key, d?: Key, e?: Key): unknown {
  const first = member(value, a)
  if (b === undefined) return first
  const second = member(first, b)
  if (c === undefined) return second
  const third = member(second, c)
  if (d === undefined) return third
  const fourth = member(third, d)
  return e === undefined ? fourth : member(fourth, e)
}

function member(value: unknown, key: Key): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<Key, unknown>)[key]
    : undefined
}

/** The text at a path; undefined where there is none or it is empty. */
export function textAt(value: unknown, a: Key, b?: Key, c?: Key, d?: Key): string | undefined {
  const found = at(value, a, b, c, d)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** The text at a path, an empty one, too. */
export function pieceAt(value: unknown, a: Key, b?: Key, c?: Key, d?: Key): string | undefined {
  const found = at(value, a, b, c, d)
  return typeof found === 'string' ? found : undefined
}

/** The whole number from 0 at a path. */
export function countAt(value: unknown, a: Key, b?: Key, c?: Key, d?: Key): number | undefined {
  const found = at(value, a, b, c, d)
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined
}

const NOTHING: readonly unknown[] = []

/** The list at a path; an empty one where there is none. */
export function listAt(value: unknown, a: Key, b?: Key, c?: Key, d?: Key): readonly unknown[] {
  const found = at(value, a, b, c, d)
  return Array.isArray(found) ? found : NOTHING
}

/** The object at a path. */
export function objectAt(
  value: unknown,
  a: Key,
  b?: Key,
  c?: Key,
  d?: Key,
): JsonObject | undefined {
  const found = at(value, a, b, c, d)
  return isObject(found) ? found : undefined
}

/** Parsed JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A copy without keys whose value is undefined. */
export function defined<T extends object>(source: T): Defined<T> {
  const found: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(source)) if (value !== undefined) found[key] = value
  return found as Defined<T>
}

type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

/** A copy without these keys; undefined values and nulls go, too, where nothing was set. */
export function without(source: unknown, keys: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  if (!isObject(source)) return kept
  for (const [key, value] of Object.entries(source)) {
    if (!keys.has(key) && value !== undefined && key !== '__proto__') kept[key] = value
  }
  return kept
}

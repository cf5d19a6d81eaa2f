/** JSON that nobody else holds a reference to. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

/** Called for each key of an object; a string it returns stands in for the value, which is then never read. */
export type Replace = (key: string, path: readonly string[]) => string | undefined

/** Deeper than this is withheld, not passed on. */
const MAX_DEPTH = 64
/** More values than this in one snapshot are withheld. */
const MAX_VALUES = 100_000

/**
 * Copies any value into plain JSON: cycles, throwing getters, proxies, Map, Set, Date, Error, BigInt, functions and
 * binary data all become something readable. Reads each property at most once, changes nothing, never throws.
 */
export function toPlain(value: unknown, replace: Replace = () => undefined): Plain {
  try {
    return copy(value, { replace, path: [], open: new Set(), values: 0 })
  } catch {
    // The caller's stack is all but used up.
    return '[Unreadable]'
  }
}

interface Walk {
  readonly replace: Replace
  readonly path: string[]
  /** The objects we are inside of, to see cycles. */
  readonly open: Set<object>
  values: number
}

function copy(value: unknown, walk: Walk): Plain {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? value : value.toWellFormed()
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? null : guarded(value, walk, copyObject)
    case 'undefined':
      return null
    default:
      return `[${typeof value}]`
  }
}

type CopyObject = (value: object, walk: Walk) => Plain

function guarded(value: object, walk: Walk, copyIt: CopyObject): Plain {
  if (walk.open.has(value)) return '[Circular]'
  if (walk.path.length >= MAX_DEPTH) return '[Too deep]'
  const depth = walk.path.length
  walk.open.add(value)
  try {
    return copyIt(value, walk)
  } catch {
    // Where the stack ran out in the middle, the path is still that of something inside.
    walk.path.length = depth
    return '[Unreadable]'
  } finally {
    walk.open.delete(value)
  }
}

/** What `toJSON` returns speaks for an object that has it, as in JSON.stringify; not for those that have no JSON of their own. */
function copyObject(value: object, walk: Walk): Plain {
  const known = copyKnown(value, walk)
  if (known !== undefined) return known
  const toJson = read(value, 'toJSON')
  if (typeof toJson !== 'function') return copyEntries(entries(value, toJson), walk)
  let spoken: unknown
  try {
    spoken = toJson.call(value, walk.path.at(-1) ?? '')
  } catch {
    return copyEntries(entries(value), walk)
  }
  if (spoken === value) return copyEntries(entries(value), walk)
  return typeof spoken === 'object' && spoken !== null
    ? guarded(spoken, walk, copySpoken)
    : copy(spoken, walk)
}

/** `toJSON` is asked once, not of what it returned. */
function copySpoken(value: object, walk: Walk): Plain {
  return copyKnown(value, walk) ?? copyEntries(entries(value), walk)
}

// Only the built-in methods are called: a subclass could override them with anything.
function copyKnown(value: object, walk: Walk): Plain | undefined {
  if (Array.isArray(value)) return copyArray(value, walk)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[Binary, ${value.byteLength} bytes]`
  if (value instanceof Date) {
    const time = Date.prototype.getTime.call(value)
    return Number.isNaN(time) ? null : new Date(time).toISOString()
  }
  if (value instanceof Map) return copyEntries(mapEntries(value), walk)
  if (value instanceof Set) return copySet(value, walk)
  if (value instanceof Error) return copyEntries(errorEntries(value), walk)
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value)
  if (value instanceof URL) return new URL(value).href
  return undefined
}

function copyArray(value: readonly unknown[], walk: Walk): Plain {
  const { length } = value
  const items: Plain[] = []
  for (let index = 0; index < length; index++) {
    if (!copyItem(items, () => read(value, index), walk)) break
  }
  return items
}

function copySet(value: Set<unknown>, walk: Walk): Plain {
  const items: Plain[] = []
  for (const item of { [Symbol.iterator]: () => Set.prototype.values.call(value) }) {
    if (!copyItem(items, () => item, walk)) break
  }
  return items
}

/** False when there is no room for more values. */
function copyItem(items: Plain[], readItem: () => unknown, walk: Walk): boolean {
  if (walk.values++ >= MAX_VALUES) {
    items.push('[Too large]')
    return false
  }
  walk.path.push(String(items.length))
  items.push(copy(readItem(), walk))
  walk.path.pop()
  return true
}

/** A key, and what reads its value. */
type Entry = readonly [string, () => unknown]

function copyEntries(list: Iterable<Entry>, walk: Walk): Plain {
  const result: { [key: string]: Plain } = {}
  for (const [name, readValue] of list) {
    const key = name.toWellFormed()
    if (walk.values++ >= MAX_VALUES) {
      result['[Too large]'] = true
      break
    }
    walk.path.push(key)
    const copied = walk.replace(key, walk.path) ?? copyMember(readValue, walk)
    walk.path.pop()
    if (copied === undefined) continue
    // Assignment to `__proto__` would set the prototype instead of a key.
    if (key === '__proto__') {
      Object.defineProperty(result, key, {
        value: copied,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    } else result[key] = copied
  }
  return result
}

/** Members without a value, and methods, are left out, as in JSON. */
function copyMember(readValue: () => unknown, walk: Walk): Plain | undefined {
  const item = readValue()
  return item === undefined || typeof item === 'function' ? undefined : copy(item, walk)
}

/** Own enumerable members; `toJson` is what was read under that name already. */
function entries(value: object, toJson?: unknown): Entry[] {
  return Object.keys(value).map((key) => [
    key,
    () => (key === 'toJSON' ? toJson : read(value, key)),
  ])
}

function* mapEntries(map: Map<unknown, unknown>): Generator<Entry> {
  for (const [key, item] of { [Symbol.iterator]: () => Map.prototype.entries.call(map) }) {
    yield [keyText(key), () => item]
  }
}

function keyText(key: unknown): string {
  try {
    return String(key)
  } catch {
    return '[Unreadable]'
  }
}

const HIDDEN = ['message', 'cause', 'errors'] as const

/** An error's message, cause and parts are not enumerable, so they are named here; the stack is left out. */
function* errorEntries(error: Error): Generator<Entry> {
  yield ['type', () => read(error, 'name')]
  for (const key of HIDDEN) yield [key, () => read(error, key)]
  const named: readonly string[] = [...HIDDEN, 'type', 'name', 'stack']
  for (const key of Object.keys(error)) {
    if (!named.includes(key)) yield [key, () => read(error, key)]
  }
}

function read(value: object, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[key]
  } catch {
    return '[Unreadable]'
  }
}

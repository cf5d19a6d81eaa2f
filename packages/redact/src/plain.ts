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
  return copy(value, { replace, path: [], open: new Set(), values: 0 })
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
      return value === null ? null : copyGuarded(value, walk)
    case 'undefined':
      return null
    default:
      return `[${typeof value}]`
  }
}

function copyGuarded(value: object, walk: Walk): Plain {
  if (walk.open.has(value)) return '[Circular]'
  if (walk.path.length >= MAX_DEPTH) return '[Too deep]'
  if (walk.values++ >= MAX_VALUES) return '[Too large]'
  walk.open.add(value)
  try {
    return copyObject(value, walk)
  } catch {
    return '[Unreadable]'
  } finally {
    walk.open.delete(value)
  }
}

function copyObject(value: object, walk: Walk): Plain {
  if (Array.isArray(value)) return copyArray(value, walk)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[Binary, ${value.byteLength} bytes]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Map)
    return copyEntries(
      [...value].map(([key, item]) => [String(key), item]),
      walk,
    )
  if (value instanceof Set) return copyArray([...value], walk)
  if (value instanceof Error) return copyError(value, walk)
  if (value instanceof RegExp || value instanceof URL) return String(value)
  return copyEntries(entries(value), walk)
}

function copyArray(value: readonly unknown[], walk: Walk): Plain {
  const items: Plain[] = []
  for (let index = 0; index < value.length; index++) {
    if (walk.values++ >= MAX_VALUES) {
      items.push('[Too large]')
      break
    }
    walk.path.push(String(index))
    items.push(copy(read(value, index), walk))
    walk.path.pop()
  }
  return items
}

function copyEntries(list: Iterable<readonly [string, unknown]>, walk: Walk): Plain {
  const result: { [key: string]: Plain } = {}
  for (const [key, item] of list) {
    if (item === undefined || typeof item === 'function') continue
    if (walk.values++ >= MAX_VALUES) {
      result['[Too large]'] = true
      break
    }
    walk.path.push(key)
    const copied = walk.replace(key, walk.path) ?? copy(item, walk)
    walk.path.pop()
    // Assignment to `__proto__` would set the prototype instead of a key.
    if (key === '__proto__') Object.defineProperty(result, key, { value: copied, enumerable: true })
    else result[key] = copied
  }
  return result
}

/** An error's message and stack are not enumerable, so they are named here; the stack is left out. */
function copyError(error: Error, walk: Walk): Plain {
  const own = entries(error).filter(([key]) => key !== 'stack' && key !== 'cause')
  return copyEntries(
    [['type', error.name], ['message', error.message], ...own, ['cause', error.cause]],
    walk,
  )
}

/** Own enumerable entries; what `toJSON` returns speaks for an object that has it, as in JSON.stringify. */
function entries(value: object): [string, unknown][] {
  const source = fromJson(value)
  if (typeof source !== 'object' || source === null) return [['value', source]]
  return Object.keys(source).map((key) => [key, read(source, key)])
}

function fromJson(value: object): unknown {
  const toJson = read(value, 'toJSON')
  if (typeof toJson !== 'function') return value
  try {
    return toJson.call(value)
  } catch {
    return value
  }
}

function read(value: object, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[key]
  } catch {
    return '[Unreadable]'
  }
}

/** Levels of nesting a line may have; its own object is the first. */
export const MAX_DEPTH = 8

/** A value that has no canonical form here; `path` is where, as a JSON Pointer, and `message` what was expected. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError'
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

/**
 * The canonical JSON of a value (RFC 8785), for the part of JSON that lines use: plain objects with ASCII keys, arrays, well-formed
 * strings, safe integers, booleans and null, at most 8 levels deep. Keys whose value is undefined are left out. Throws `NotCanonicalError`.
 */
export function canonicalJson(value: unknown): string {
  trail.length = 0
  return write(value, 1)
}

/** Whether a text is the canonical form of what it says: the only spelling that a line may have. */
export function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text
  } catch {
    return false
  }
}

/** The same for a value within a line, for a writer that joins a line from its fields. */
export function canonicalField(key: string, value: unknown): string {
  // Most values are in the canonical order already: looking is cheaper than writing.
  if (typeof value === 'object' && isInOrder(value, 2)) return JSON.stringify(value)
  trail.length = 0
  trail.push(key)
  return write(value, 2)
}

/** Whether JSON.stringify gives the canonical form; false also where that is not known without a closer look. */
function isInOrder(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return !NEEDS_CARE.test(value)
    case 'number':
      return Number.isSafeInteger(value)
    case 'boolean':
      return true
    case 'object':
      if (value === null) return true
      if (depth > MAX_DEPTH) return false
      return Array.isArray(value)
        ? value.every((item) => isInOrder(item, depth + 1))
        : isObjectInOrder(value as Record<string, unknown>, depth)
    default:
      return false
  }
}

function isObjectInOrder(value: Record<string, unknown>, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  let last = ''
  for (const key in value) {
    if (key <= last || !PLAIN_KEY.test(key) || !isInOrder(value[key], depth + 1)) return false
    last = key
  }
  return true
}

const PLAIN_KEY = /^[a-z0-9_]+$/

/** Keys and places that lead to the value which is being written: writing never waits, so one is enough. */
const trail: (string | number)[] = []

function refusal(message: string): NotCanonicalError {
  return new NotCanonicalError(trail.map((step) => `/${step}`).join(''), message)
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      return writeNumber(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth > MAX_DEPTH) throw refusal(`at most ${MAX_DEPTH} levels of nesting`)
      return Array.isArray(value)
        ? writeArray(value, depth)
        : writeObject(value as Record<string, unknown>, depth)
    default:
      throw refusal(`JSON data, got a ${typeof value}`)
  }
}

// What JSON.stringify has to escape (with surrogates, which it is asked about only when there are any).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/

function writeString(value: string): string {
  if (!NEEDS_CARE.test(value)) return `"${value}"`
  if (value.isWellFormed()) return JSON.stringify(value)
  throw refusal('well-formed Unicode, got a surrogate without its pair')
}

function writeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  throw refusal(`an integer between -(2^53-1) and 2^53-1, got ${value}`)
}

function writeArray(values: readonly unknown[], depth: number): string {
  let text = ''
  for (let index = 0; index < values.length; index++) {
    trail.push(index)
    text += `${index === 0 ? '' : ','}${write(values[index], depth + 1)}`
    trail.pop()
  }
  return `[${text}]`
}

const KEY = /^[\x20-\x7e]*$/

function writeObject(value: Record<string, unknown>, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm has another Object.prototype, whose own prototype is null too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw refusal(`a plain object, got a ${nameOf(prototype)}`)
  }
  let text = ''
  for (const key of sortedKeys(value)) {
    const item = value[key]
    if (item === undefined) continue
    if (!KEY.test(key)) throw refusal('keys of printable ASCII')
    trail.push(key)
    text += `${text === '' ? '' : ','}${writeString(key)}:${write(item, depth + 1)}`
    trail.pop()
  }
  return `{${text}}`
}

/** Own keys by UTF-16 code units (RFC 8785, 3.2.3); most objects have them in order already. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value)
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort()
  }
  return keys
}

function nameOf(prototype: unknown): string {
  return (prototype as { constructor?: { name?: string } }).constructor?.name || 'class instance'
}

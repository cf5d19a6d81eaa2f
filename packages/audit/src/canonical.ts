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
  return write(value, '', 1)
}

/** Whether a text is the canonical form of what it says: the only spelling that a line may have. */
export function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text
  } catch {
    return false
  }
}

/** The same for a value within a line, so many levels down, for a writer that joins a line from its fields. */
export function canonicalField(key: string, value: unknown): string {
  return write(value, `/${key}`, 2)
}

function write(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path)
    case 'number':
      return writeNumber(value, path)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth > MAX_DEPTH) {
        throw new NotCanonicalError(path, `at most ${MAX_DEPTH} levels of nesting`)
      }
      return Array.isArray(value)
        ? writeArray(value, path, depth)
        : writeObject(value as Record<string, unknown>, path, depth)
    default:
      throw new NotCanonicalError(path, `JSON data, got a ${typeof value}`)
  }
}

// What JSON.stringify has to escape (with surrogates, which it is asked about only when there are any).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/

function writeString(value: string, path: string): string {
  if (!NEEDS_CARE.test(value)) return `"${value}"`
  if (!value.isWellFormed()) {
    throw new NotCanonicalError(path, 'well-formed Unicode, got a surrogate without its pair')
  }
  return JSON.stringify(value)
}

function writeNumber(value: number, path: string): string {
  if (!Number.isSafeInteger(value)) {
    throw new NotCanonicalError(path, `an integer between -(2^53-1) and 2^53-1, got ${value}`)
  }
  return String(value)
}

function writeArray(values: readonly unknown[], path: string, depth: number): string {
  let text = ''
  for (let index = 0; index < values.length; index++) {
    text += `${index === 0 ? '' : ','}${write(values[index], `${path}/${index}`, depth + 1)}`
  }
  return `[${text}]`
}

const KEY = /^[\x20-\x7e]*$/

function writeObject(value: Record<string, unknown>, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm has another Object.prototype, whose own prototype is null too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new NotCanonicalError(path, `a plain object, got a ${nameOf(prototype)}`)
  }
  let text = ''
  for (const key of sortedKeys(value)) {
    const item = value[key]
    if (item === undefined) continue
    if (!KEY.test(key)) throw new NotCanonicalError(path, 'keys of printable ASCII')
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(item, `${path}/${key}`, depth + 1)}`
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

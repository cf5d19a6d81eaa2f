import { keysInOrder, type OrderedKey } from './key-order.ts'

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
  depthNow = 0
  return write('', value, 1)
}

/** Whether a text is the canonical form of what it says: the only spelling that a line may have. */
export function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text
  } catch {
    return false
  }
}

/** Adds a key with its value to a text, for a writer that joins a line from its fields. */
export function withField(text: string, { key, text: before }: OrderedKey, value: unknown): string {
  trail[0] = key
  depthNow = 1
  return write(`${text}${before}`, value, 2)
}

// Writing never waits, so one of each is enough, and nothing has to be allocated for it.
/** Keys and places that lead to the value which is being written; so many of them count. */
const trail: (string | number)[] = []
let depthNow = 0

function refusal(message: string): NotCanonicalError {
  const path = trail.slice(0, depthNow).map((step) => `/${step}`)
  return new NotCanonicalError(path.join(''), message)
}

// Texts grow at their end alone: parts that are joined first would be garbage.
function write(text: string, value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(text, value)
    case 'number':
      return writeNumber(text, value)
    case 'boolean':
      return `${text}${value}`
    case 'object':
      if (value === null) return `${text}null`
      if (depth > MAX_DEPTH) throw refusal(`at most ${MAX_DEPTH} levels of nesting`)
      return Array.isArray(value)
        ? writeArray(text, value, depth)
        : writeObject(text, value as Record<string, unknown>, depth)
    default:
      throw refusal(`JSON data, got a ${typeof value}`)
  }
}

// What JSON.stringify has to escape (with surrogates, which it is asked about only when there are any).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/

function writeString(text: string, value: string): string {
  if (!NEEDS_CARE.test(value)) return `${text}"${value}"`
  if (value.isWellFormed()) return text + JSON.stringify(value)
  throw refusal('well-formed Unicode, got a surrogate without its pair')
}

function writeNumber(text: string, value: number): string {
  // Negative zero is written as zero.
  if (Number.isSafeInteger(value)) return `${text}${value}`
  throw refusal(`an integer between -(2^53-1) and 2^53-1, got ${value}`)
}

function writeArray(before: string, values: readonly unknown[], depth: number): string {
  let text = `${before}[`
  for (let index = 0; index < values.length; index++) {
    trail[depthNow++] = index
    if (index > 0) text += ','
    text = write(text, values[index], depth + 1)
    depthNow -= 1
  }
  return `${text}]`
}

function writeObject(before: string, value: Record<string, unknown>, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm has another Object.prototype, whose own prototype is null too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw refusal(`a plain object, got a ${nameOf(prototype)}`)
  }
  let text = before
  let next = '{'
  for (const { key, text: quoted } of keysInOrder(value)) {
    const item = value[key]
    if (item === undefined) continue
    if (quoted === '') throw refusal('keys of printable ASCII')
    trail[depthNow++] = key
    text = write(`${text}${next}${quoted}`, item, depth + 1)
    depthNow -= 1
    next = ','
  }
  return next === '{' ? `${text}{}` : `${text}}`
}

function nameOf(prototype: unknown): string {
  return (prototype as { constructor?: { name?: string } }).constructor?.name || 'class instance'
}

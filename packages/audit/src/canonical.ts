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
  sortedEnd = 0
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
  trail[0] = key
  depthNow = 1
  sortedEnd = 0
  return write(value, 2)
}

// Writing never waits, so one of each is enough, and nothing has to be allocated for it.
/** Keys and places that lead to the value which is being written; so many of them count. */
const trail: (string | number)[] = []
let depthNow = 0
/** Keys of the objects that are being written, the innermost last. */
const sorted: string[] = []
let sortedEnd = 0

function refusal(message: string): NotCanonicalError {
  const path = trail.slice(0, depthNow).map((step) => `/${step}`)
  return new NotCanonicalError(path.join(''), message)
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
    trail[depthNow++] = index
    text += `${index === 0 ? '' : ','}${write(values[index], depth + 1)}`
    depthNow -= 1
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
  const start = sortedEnd
  const end = sortKeys(value, start)
  let text = ''
  for (let at = start; at < end; at++) {
    const key = sorted[at] as string
    const item = value[key]
    if (item === undefined) continue
    if (!KEY.test(key)) throw refusal('keys of printable ASCII')
    trail[depthNow++] = key
    sortedEnd = end
    text += `${text === '' ? '' : ','}${writeString(key)}:${write(item, depth + 1)}`
    depthNow -= 1
  }
  sortedEnd = start
  return `{${text}}`
}

/** More keys are sorted by the library: insertion takes the square of their number. */
const MOST_INSERTED = 32

/** Puts own keys by UTF-16 code units (RFC 8785, 3.2.3) into `sorted` from `start` on; returns where they end. */
function sortKeys(value: object, start: number): number {
  let end = start
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (end - start === MOST_INSERTED) return sortMany(value, start)
    let at = end++
    for (; at > start && (sorted[at - 1] as string) > key; at--) {
      sorted[at] = sorted[at - 1] as string
    }
    sorted[at] = key
  }
  return end
}

function sortMany(value: object, start: number): number {
  let end = start
  for (const key of Object.keys(value).sort()) sorted[end++] = key
  return end
}

function nameOf(prototype: unknown): string {
  return (prototype as { constructor?: { name?: string } }).constructor?.name || 'class instance'
}

import type { Redaction } from '@recount/record'
import type { Key, KeyProvider, Plain, Redacted, Redactor } from '@recount/redact'

/** What was redacted in a record, as it is said on its line; never a value. */
export interface Notes {
  readonly redactions: Redaction[]
  key_id: string | undefined
}

/** The one door: what leaves the process in a record has passed it. It has one profile and one tenant's key. */
export interface Door {
  /** Content, or anything else of the caller's: a plain copy of our own. */
  value(value: unknown): Redacted
  /** Fields of a record: the same object where nothing is found, else a copy. */
  fields<Fields extends object>(fields: Fields, notes: Notes): Fields
  /** A text of a record. */
  text(text: string, path: string, notes: Notes): string
  /** A value that is personal as a whole, as `user_id` is. */
  whole(text: string, type: string, path: string, notes: Notes): string
  /** A finished line of JSON, byte for byte but for what is found. */
  line(line: string): string
  /** False where nothing can be found in a text, told by a quick look. */
  mayFind(text: string): boolean
  /** The key of digests. */
  key(): Key
}

/** Keys of records that hold ids, digests and words of the format, which are not the caller's texts. */
const OWN_KEYS: ReadonlySet<string> = new Set(
  `event trace_id span_id parent_span_id of_span_id retry_of fallback_of input_digest digest status
  operation usage_source cost_source finish_reason part disposition action evaluator content redactions key_id`.split(
    /\s+/,
  ),
)
/** Keys under which a number may be anything of the caller's. */
const FREE_KEYS: ReadonlySet<string> = new Set(['metadata', 'params', 'rate_limit'])
/** Smaller numbers are neither cards nor phones. */
const LEAST_NUMBER = 1e7
/** Names are few and come again and again. */
const MAX_CLEAN = 2000
const MAX_CLEAN_LENGTH = 128

/** A door with one redactor. */
export function createDoor(
  redactor: Redactor,
  keys: KeyProvider,
  tenant: string | undefined,
): Door {
  const about = tenant === undefined ? {} : { tenant }
  const lineAbout = { ...about, ids: OWN_KEYS }
  const clean = new Set<string>()

  function isClean(text: string): boolean {
    return clean.has(text) || !redactor.mayFind(text)
  }

  function remember(text: string): void {
    if (text.length > MAX_CLEAN_LENGTH) return
    if (clean.size >= MAX_CLEAN) clean.clear()
    clean.add(text)
  }

  function redacted(value: unknown, path: string, notes: Notes): Plain {
    const { value: left, redactions, key_id } = redactor(value, about)
    for (const note of redactions)
      notes.redactions.push({ ...note, path: note.path === '' ? path : `${path}.${note.path}` })
    notes.key_id ??= key_id
    return left
  }

  function text(given: string, path: string, notes: Notes): string {
    if (isClean(given)) return given
    const left = redacted(given, path, notes) as string
    if (left === given) remember(given)
    return left
  }

  function member(value: unknown, key: string, path: string, notes: Notes): unknown {
    if (typeof value === 'string') return text(value, path, notes)
    if (typeof value !== 'object' || value === null) return value
    if (!FREE_KEYS.has(key)) return members(value, path, notes)
    return mayHold(value) ? redacted(value, path, notes) : value
  }

  function members<Value extends object>(value: Value, place: string, notes: Notes): Value {
    let copy: Value | undefined
    for (const key in value) {
      if (OWN_KEYS.has(key)) continue
      const item: unknown = value[key]
      const left = member(item, key, place === '' ? key : `${place}.${key}`, notes)
      if (left === item) continue
      copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Value
      ;(copy as Record<string, unknown>)[key] = left
    }
    return copy ?? value
  }

  /** Whether anything in an object of the caller's keys is worth a closer look. */
  function mayHold(value: object): boolean {
    return Object.entries(value).some(([key, item]) => {
      if (!isClean(key)) return true
      if (typeof item === 'string') return !isClean(item)
      if (typeof item === 'number') return item >= LEAST_NUMBER && Number.isInteger(item)
      return typeof item === 'object' && item !== null && mayHold(item)
    })
  }

  return {
    value: (value) => redactor(value, about),
    text,
    fields: (fields, notes) => members(fields, '', notes),
    whole(given, type, path, notes) {
      const { text: left, findings, key_id } = redactor.whole(given, type, about)
      for (const { type: rule } of findings) notes.redactions.push({ path, rule, count: 1 })
      notes.key_id ??= key_id
      return left
    },
    line(line) {
      const left = redactor(line, lineAbout).value as string
      // What could not be redacted was withheld, and would be no line any more.
      return left.startsWith('{') || !line.startsWith('{')
        ? left
        : `${JSON.stringify({ msg: left })}\n`
    },
    mayFind: (text) => redactor.mayFind(text),
    key: () => keys.current(tenant),
  }
}

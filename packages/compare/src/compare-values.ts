import { align } from './align.ts'
import { type CompareOptions, compareText, type TextDifference } from './compare-text.ts'
import { gramsOf, similarity } from './similarity.ts'

/** One place in which two values differ; `path` is a JSON Pointer (RFC 6901) into the second, or into the first where it was removed. */
export type ValueChange =
  | { readonly kind: 'added'; readonly path: string; readonly b: unknown }
  | { readonly kind: 'removed'; readonly path: string; readonly a: unknown }
  | {
      readonly kind: 'changed'
      readonly path: string
      readonly a: unknown
      readonly b: unknown
      /** Where both are texts that are long or have several lines. */
      readonly text?: TextDifference
    }

/** The difference of two JSON values. */
export interface ValueDifference {
  readonly isEqual: boolean
  readonly changes: readonly ValueChange[]
  /** Changes beyond the first 1,000, which are only counted. */
  readonly more: number
}

const MAX_CHANGES = 1_000
/** Deeper values are compared as a whole, as JSON text. */
const MAX_DEPTH = 100
/** Texts that are shorter and have one line are shown as they are. */
const SHORT = 60

/**
 * Compares two JSON values by what they say: the order of keys is no change, items of lists are aligned (by `id`,
 * `source_id`, `tool_call_id` or `name`, else by likeness), and texts that both hold JSON are compared as what they hold.
 */
export function compareValues(
  a: unknown,
  b: unknown,
  options: CompareOptions = {},
): ValueDifference {
  const found: ValueChange[] = []
  let count = 0
  const tell = (change: ValueChange): void => {
    count += 1
    if (found.length < MAX_CHANGES) found.push(change)
  }
  compareAt({ path: '', depth: 0, tell, options }, a, b)
  return { isEqual: count === 0, changes: found, more: count - found.length }
}

/** A value as JSON with sorted keys: equal texts are equal values. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) =>
      isObject(item) ? Object.fromEntries(Object.entries(item).sort(byKey)) : item,
    ) ?? 'undefined'
  )
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly tell: (change: ValueChange) => void
  readonly options: CompareOptions
}

function compareAt(place: Place, a: unknown, b: unknown): void {
  const [left, right] = bothParsed(a, b)
  if (place.depth < MAX_DEPTH && Array.isArray(left) && Array.isArray(right))
    compareLists(place, left, right)
  else if (place.depth < MAX_DEPTH && isObject(left) && isObject(right))
    compareObjects(place, left, right)
  else if (canonicalJson(left) !== canonicalJson(right)) place.tell(changeOf(place, left, right))
}

function changeOf({ path, options }: Place, a: unknown, b: unknown): ValueChange {
  const isText = typeof a === 'string' && typeof b === 'string'
  if (!isText || (isShort(a) && isShort(b))) return { kind: 'changed', path, a, b }
  return { kind: 'changed', path, a, b, text: compareText(a, b, options) }
}

function isShort(text: string): boolean {
  return text.length < SHORT && !text.includes('\n')
}

type JsonObject = Readonly<Record<string, unknown>>

function compareObjects(place: Place, a: JsonObject, b: JsonObject): void {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const path = `${place.path}/${escaped(key)}`
    if (!Object.hasOwn(a, key)) place.tell({ kind: 'added', path, b: b[key] })
    else if (!Object.hasOwn(b, key)) place.tell({ kind: 'removed', path, a: a[key] })
    else compareAt({ ...place, path, depth: place.depth + 1 }, a[key], b[key])
  }
}

interface Item {
  readonly at: number
  readonly value: unknown
  readonly text: string
  readonly id: string | undefined
  grams: ReadonlySet<string> | undefined
}

function compareLists(place: Place, a: readonly unknown[], b: readonly unknown[]): void {
  const likeness = { identity: ({ text }: Item) => text, score: itemScore }
  for (const pair of align(a.map(itemOf), b.map(itemOf), likeness, place.options.maxEdits).pairs) {
    const path = `${place.path}/${(pair.b ?? pair.a).at}`
    if (pair.a === undefined) place.tell({ kind: 'added', path, b: pair.b.value })
    else if (pair.b === undefined) place.tell({ kind: 'removed', path, a: pair.a.value })
    else compareAt({ ...place, path, depth: place.depth + 1 }, pair.a.value, pair.b.value)
  }
}

const IDS = ['id', 'source_id', 'tool_call_id', 'name']

function itemOf(value: unknown, at: number): Item {
  const key = isObject(value) ? IDS.find((name) => typeof value[name] === 'string') : undefined
  const id = key === undefined ? undefined : `${key} ${String((value as JsonObject)[key])}`
  return { at, value, text: canonicalJson(value), id, grams: undefined }
}

/** Items with ids go together by them alone; others rather than not, and best with what is most like them. */
function itemScore(a: Item, b: Item): number {
  if (a.id !== undefined || b.id !== undefined) return a.id === b.id ? 2 : 0
  if (typeof a.value !== typeof b.value || Array.isArray(a.value) !== Array.isArray(b.value))
    return 0
  a.grams ??= gramsOf(a.text)
  b.grams ??= gramsOf(b.text)
  return 0.1 + similarity(a.grams, b.grams)
}

/** Tool arguments are JSON in a text: then what they hold is compared. */
function bothParsed(a: unknown, b: unknown): [unknown, unknown] {
  if (typeof a !== 'string' && typeof b !== 'string') return [a, b]
  const [left, right] = [parsed(a), parsed(b)]
  return left === undefined || right === undefined ? [a, b] : [left, right]
}

function parsed(value: unknown): object | undefined {
  if (typeof value !== 'string')
    return typeof value === 'object' && value !== null ? value : undefined
  if (!/^\s*[[{]/.test(value)) return undefined
  try {
    return JSON.parse(value) as object
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** A key with quotes and colon, as it stands in canonical JSON; empty where it may not stand there. */
export interface OrderedKey {
  readonly key: string
  readonly text: string
}

/** The keys of an object so far, as it has them, and in order once that was asked for. */
interface KeyOrder {
  readonly keys: readonly string[]
  readonly next: Map<string, KeyOrder>
  ordered?: readonly OrderedKey[]
}

// Objects come in few kinds, and sorting keys takes longer than finding out that it was done before.
const NONE: KeyOrder = { keys: [], next: new Map() }
const MOST_REMEMBERED = 1024
const LONGEST_REMEMBERED = 64
let remembered = 0

/** An object's own keys by UTF-16 code units (RFC 8785, 3.2.3). */
export function keysInOrder(value: object): readonly OrderedKey[] {
  let order = NONE
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    const next = order.next.get(key) ?? remember(order, key)
    if (next === undefined) return inOrder(Object.keys(value))
    order = next
  }
  order.ordered ??= inOrder(order.keys)
  return order.ordered
}

/** Undefined where there are too many to remember all. */
function remember(order: KeyOrder, key: string): KeyOrder | undefined {
  const isKept =
    remembered < MOST_REMEMBERED &&
    order.keys.length < LONGEST_REMEMBERED &&
    key.length <= LONGEST_REMEMBERED
  if (!isKept) return undefined
  remembered += 1
  const next = { keys: [...order.keys, key], next: new Map() }
  order.next.set(key, next)
  return next
}

const PRINTABLE = /^[\x20-\x7e]*$/

/** A key as it stands in canonical JSON. */
export function keyOf(key: string): OrderedKey {
  return { key, text: PRINTABLE.test(key) ? `${JSON.stringify(key)}:` : '' }
}

function inOrder(keys: readonly string[]): OrderedKey[] {
  return keys.toSorted(byCodeUnits).map(keyOf)
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

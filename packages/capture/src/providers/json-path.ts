import type { Room } from './pieces.ts'

type Holder = Record<string | number, unknown>

const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/y
const MAX_DEPTH = 100
const MAX_INDEX = 100_000

/** The keys of a JSONPath that names one value (`$.a[0]["b c"]`); undefined where it is another. */
export function pathKeys(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const keys: (string | number)[] = []
  STEP.lastIndex = 1
  for (let end = 1; end < path.length; end = STEP.lastIndex) {
    const step = STEP.exec(path)
    if (step === null || keys.length >= MAX_DEPTH) return undefined
    const [, name, index, double, single] = step
    keys.push(index === undefined ? (name ?? double ?? single ?? '') : Number(index))
  }
  return keys
}

/** Puts a value into nested plain data, making the objects and lists on the way. False where it does not fit. */
export function putAt(
  root: Holder,
  keys: readonly (string | number)[],
  value: (held: unknown) => unknown,
  room: Room,
): boolean {
  let holder: Holder = root
  for (const [depth, key] of keys.entries()) {
    if (!isFitting(holder, key)) return false
    const next = keys[depth + 1]
    if (next === undefined) {
      holder[key] = value(holder[key])
      return true
    }
    const held = holder[key]
    if (typeof held !== 'object' || held === null) {
      if (!room.slot()) return false
      holder[key] = typeof next === 'number' ? [] : {}
    }
    holder = holder[key] as Holder
  }
  return false
}

/** A list takes the numbers up to its end, so that one index cannot make it huge; nothing reaches a prototype. */
function isFitting(holder: Holder, key: string | number): boolean {
  if (!Array.isArray(holder)) return key !== '__proto__'
  return typeof key === 'number' && key <= holder.length && key < MAX_INDEX
}

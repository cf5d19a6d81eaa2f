/** An object with keys, as JSON.parse makes it. */
export type Row = Readonly<Record<string, unknown>>

/** Whether a value is an object with keys. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What is at a path of keys joined by dots; keys that have dots themselves are found first, a
 * number finds an element of a list. Only a record's own keys count, so `__proto__` and
 * `constructor` find what the line says.
 */
export function lookUp(row: Row | readonly unknown[], path: string): unknown {
  if (Object.hasOwn(row, path)) return (row as Row)[path]
  if (!path.includes('.')) return undefined
  for (const [head, rest] of partsOf(path)) {
    const inner = Object.hasOwn(row, head) ? (row as Row)[head] : undefined
    if (typeof inner !== 'object' || inner === null) continue
    const found = lookUp(inner as Row | readonly unknown[], rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** Paths are few, and cutting one takes longer than looking it up. */
const PARTS = new Map<string, readonly (readonly [head: string, rest: string])[]>()
const MAX_PATHS = 10_000

/** What stands before and after each dot. */
function partsOf(path: string): readonly (readonly [head: string, rest: string])[] {
  const known = PARTS.get(path)
  if (known !== undefined) return known
  if (PARTS.size >= MAX_PATHS) PARTS.clear()
  const dots = [...path.matchAll(/\./g)].map(({ index }) => index)
  const parts = dots.map((dot) => [path.slice(0, dot), path.slice(dot + 1)] as const)
  PARTS.set(path, parts)
  return parts
}

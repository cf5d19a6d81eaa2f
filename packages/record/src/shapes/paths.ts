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
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const inner = Object.hasOwn(row, head) ? (row as Row)[head] : undefined
    if (typeof inner !== 'object' || inner === null) continue
    const found = lookUp(inner as Row | readonly unknown[], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

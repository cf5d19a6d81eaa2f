type Row = Readonly<Record<string, unknown>>

/** Whether a value is an object with keys. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What is at a path of keys joined by dots; keys that have dots themselves are found first.
 * Only a record's own keys count, so `__proto__` and `constructor` find what the line says.
 */
export function lookUp(row: Row, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const inner = Object.hasOwn(row, head) ? row[head] : undefined
    const found = isRow(inner) ? lookUp(inner, path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

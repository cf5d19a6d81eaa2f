/** A property of anything; undefined where there is none or where reading it throws. */
export function read(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** A text that a property has, else undefined. */
export function readText(value: unknown, key: string): string | undefined {
  const found = read(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** An element of a list; undefined where it is none. */
export function readAt(value: unknown, index: number): unknown {
  try {
    return Array.isArray(value) ? (value as unknown[]).at(index) : undefined
  } catch {
    return undefined
  }
}

/** The first elements of a list; none where it is no list. */
export function readList(value: unknown, most: number): unknown[] {
  try {
    return Array.isArray(value) ? Array.from((value as unknown[]).slice(0, most)) : []
  } catch {
    return []
  }
}

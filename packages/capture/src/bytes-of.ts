/** What a value takes beside its text, roughly. */
const VALUE_BYTES = 16

/** About how many bytes of memory plain data holds; counting ends where it is more than `most`. */
export function bytesOf(value: unknown, most: number): number {
  const rest: unknown[] = [value]
  let bytes = 0
  while (rest.length > 0 && bytes <= most) {
    const next = rest.pop()
    bytes += VALUE_BYTES + ownBytes(next)
    if (bytes <= most && typeof next === 'object' && next !== null)
      for (const item of Object.values(next)) rest.push(item)
  }
  return bytes
}

/** Its text or its keys, without what is in it. */
function ownBytes(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length
  if (Array.isArray(value)) return 8 * value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.keys(value).reduce((sum, key) => sum + 2 * key.length, 0)
}

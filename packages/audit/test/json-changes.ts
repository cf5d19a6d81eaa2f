/** Values of every kind, and such as one language takes for another's. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  5,
  7,
  2 ** 53 - 1,
  '',
  '0',
  '1',
  '٣',
  'x',
  'audit.erasure',
  [],
  {},
  [null],
  [1, 2],
  { size: 1 },
  '../..',
  '0123456789abcdef',
]

/** Keys that entries have, of which one may be put in or out. */
const KEYS = ['v', 'log', 'seq', 'prev', 'ts', 'action', 'sys', 'data', 'actor', 'id']
const SYS_KEYS = ['first', 'last', 'sha256', 'kids', 'request', 'key', 'size', 'root', 'origin']
const TIMES = ['2026-11-01T09:00:00.000Z', '٢٠٢٦-11-01T09:00:00.000Z', '9999-12-31T23:59:59.999Z']

/** An object with one value changed, removed or put in, at any depth; and what was done. */
export function changedField(
  fields: Readonly<Record<string, unknown>>,
  random: () => number,
): { changed: Record<string, unknown>; what: string } {
  const copy = structuredClone(fields) as Record<string, unknown>
  const places = placesIn(copy, '')
  const place = places[Math.floor(random() * places.length)]
  const kind = random()
  if (place === undefined || kind < 0.3) return { changed: copy, what: putIn(copy, random) }
  const { object, key, path } = place
  if (kind < 0.4) {
    if (Array.isArray(object)) object.splice(Number(key), 1)
    else delete object[key]
    return { changed: copy, what: `${path} is gone` }
  }
  const value = otherValue(object[key], random)
  object[key] = value
  return { changed: copy, what: `${path} is ${JSON.stringify(value)}` }
}

/** Puts a key into an object or its `sys`, and says which. */
function putIn(fields: Record<string, unknown>, random: () => number): string {
  const isSys = random() < 0.5 && typeof fields.sys === 'object' && fields.sys !== null
  const target = isSys ? (fields.sys as Record<string, unknown>) : fields
  const key = pick(isSys ? SYS_KEYS : KEYS, random)
  target[key] = key === 'ts' && random() < 0.7 ? pick(TIMES, random) : pick(VALUES, random)
  return `${isSys ? 'sys.' : ''}${key} is ${JSON.stringify(target[key])}`
}

interface Place {
  readonly object: Record<string, unknown>
  readonly key: string
  readonly path: string
}

function placesIn(value: unknown, path: string): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const object = value as Record<string, unknown>
  return Object.keys(object).flatMap((key) => [
    { object, key, path: `${path}/${key}` },
    ...placesIn(object[key], `${path}/${key}`),
  ])
}

/** Another value, or the same in another dress. */
function otherValue(value: unknown, random: () => number): unknown {
  const kind = random()
  if (kind < 0.15) return [value]
  if (kind < 0.3 && typeof value === 'string') return `${value} `
  if (kind < 0.4 && typeof value === 'string') return value.slice(1)
  if (kind < 0.4 && typeof value === 'number') return value + 1
  if (kind < 0.5) return String(value)
  return pick(VALUES, random)
}

/** One of some. */
export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}

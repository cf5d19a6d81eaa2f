/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Values that no provider sends where it sends something else. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  'text',
  '{"a":',
  'x'.repeat(5000),
  [],
  {},
  [null],
  [[]],
  [{}],
  { type: 7 },
  { length: 3 },
  JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2, "hasOwnProperty": 3}',
  ),
]

/** A copy of a JSON value with one place in it changed, removed or doubled. */
export function mutated(value: unknown, random: () => number): unknown {
  const copy = structuredClone(value)
  const places: [holder: Record<string, unknown> | unknown[], key: string | number][] = []
  collect(copy, places)
  const place = places[Math.floor(random() * places.length)]
  if (place === undefined) return ODD[Math.floor(random() * ODD.length)]
  const [holder, key] = place
  const held = (holder as Record<string | number, unknown>)[key]
  const odd = structuredClone(ODD[Math.floor(random() * ODD.length)])
  const way = Math.floor(random() * 4)
  if (way === 0 && Array.isArray(holder)) holder.splice(Number(key), 1)
  else if (way === 0) delete (holder as Record<string, unknown>)[key]
  else if (way === 1 && Array.isArray(holder)) holder.push(held)
  else if (way === 1) Object.assign(holder, { [`${key}s`]: held, [key]: odd })
  else (holder as Record<string | number, unknown>)[key] = odd
  return copy
}

/** A stream with some of its events changed, cut, doubled, dropped or in another order. */
export function mutatedEvents(events: readonly string[], random: () => number): string[] {
  const changed = [...events]
  const times = 1 + Math.floor(random() * 4)
  for (let time = 0; time < times; time++) {
    const index = Math.floor(random() * changed.length)
    const event = changed[index] ?? ''
    const way = Math.floor(random() * 6)
    if (way === 0) changed.splice(index, 1)
    else if (way === 1) changed.splice(index, 0, event)
    else if (way === 2) changed[index] = event.slice(0, Math.floor(random() * event.length))
    else if (way === 3) changed.push(...changed.splice(index, 1))
    else changed[index] = JSON.stringify(mutated(parsed(event), random)) ?? ''
  }
  return changed
}

function collect(
  value: unknown,
  places: [holder: Record<string, unknown> | unknown[], key: string | number][],
): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    places.push([value as Record<string, unknown>, Array.isArray(value) ? Number(key) : key])
    collect(item, places)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

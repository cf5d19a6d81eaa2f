/** Characters that are looked at. */
const MAX_CHARACTERS = 2_000
const GRAM = 3

/** What a text is made of, for `similarity`: its runs of three characters, without case and spacing. */
export function gramsOf(text: string): ReadonlySet<string> {
  const plain = text.slice(0, MAX_CHARACTERS).toLowerCase().replaceAll(/\s+/g, ' ').trim()
  const grams = new Set<string>()
  for (let at = 0; at <= Math.max(plain.length - GRAM, 0); at += 1)
    grams.add(plain.slice(at, at + GRAM))
  return grams
}

/** How alike two texts are, 0 to 1: the share of grams that they have in common (Dice). */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let common = 0
  for (const gram of small) if (large.has(gram)) common += 1
  return (2 * common) / Math.max(a.size + b.size, 1)
}

import { editsOf } from './edits.ts'
import { partnersOf } from './partners.ts'

/** Two items that belong together; one is undefined where an item has no partner. */
export type Pair<T> =
  | { readonly a: T; readonly b: T }
  | { readonly a: T; readonly b: undefined }
  | { readonly a: undefined; readonly b: T }

/** What makes items of two lists partners. */
export interface Likeness<T> {
  /** Items with the same identity are the same. */
  identity(item: T): string
  /** How well two others go together; 0 is not at all. */
  score(a: T, b: T): number
}

/** Two lists side by side. */
export interface Alignment<T> {
  readonly pairs: readonly Pair<T>[]
  /** False where the lists differ in more places than were to be sought: what lies between was not looked through. */
  readonly isExact: boolean
}

/** Differences that are sought between two lists, unless told otherwise. */
const MAX_EDITS = 1_000

/**
 * Aligns two lists in order: what is the same first; between that, the partners whose scores add up to the most. Items
 * without a partner stand alone, those of the first list first.
 */
export function align<T>(
  a: readonly T[],
  b: readonly T[],
  { identity, score }: Likeness<T>,
  maxEdits: number = MAX_EDITS,
): Alignment<T> {
  const pairs: Pair<T>[] = []
  let gap: { a: T[]; b: T[] } = { a: [], b: [] }
  const close = (): void => {
    pairs.push(...pairsInGap(gap.a, gap.b, score))
    gap = { a: [], b: [] }
  }
  const { runs, isExact } = editsOf(a.map(identity), b.map(identity), maxEdits)
  for (const run of runs) {
    if (run.kind === 'same') {
      close()
      const partners = b.slice(...run.b)
      for (const [at, item] of a.slice(...run.a).entries()) pairs.push(paired(item, partners[at]))
    } else {
      gap.a.push(...a.slice(...run.a))
      gap.b.push(...b.slice(...run.b))
    }
  }
  close()
  return { pairs, isExact }
}

function pairsInGap<T>(a: readonly T[], b: readonly T[], score: Likeness<T>['score']): Pair<T>[] {
  const partners = partnersOf(a, b, score)
  const alone = (items: readonly T[]): Pair<T>[] => items.map((item) => ({ a: undefined, b: item }))
  const pairs: Pair<T>[] = []
  let next = 0
  for (const [at, item] of a.entries()) {
    const partner = partners[at]
    if (partner === undefined) pairs.push({ a: item, b: undefined })
    else {
      pairs.push(...alone(b.slice(next, partner)), paired(item, b[partner]))
      next = partner + 1
    }
  }
  return [...pairs, ...alone(b.slice(next))]
}

function paired<T>(a: T, b: T | undefined): Pair<T> {
  return b === undefined ? { a, b: undefined } : { a, b }
}

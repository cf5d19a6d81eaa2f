import { diffArrays } from 'diff'

/** A run of items: in both lists, only in the first, or only in the second; positions from 0, ends excluded. */
export interface Run {
  readonly kind: 'same' | 'removed' | 'added'
  readonly a: readonly [from: number, to: number]
  readonly b: readonly [from: number, to: number]
}

/** The shortest way from one list to the other, and whether the budget sufficed to find it. */
export interface Edits {
  readonly runs: readonly Run[]
  /** False where more than the allowed edits would have been needed: then the middle is replaced as a whole. */
  readonly isExact: boolean
}

/**
 * The edits from one list of keys to another (Myers). Items in common at both ends cost nothing; in between, work is
 * bounded by the length times `maxEdits`.
 */
export function editsOf(a: readonly string[], b: readonly string[], maxEdits: number): Edits {
  const head = commonHead(a, b)
  const tail = commonTail(a, b, head)
  const [endA, endB] = [a.length - tail, b.length - tail]
  const changes = diffArrays(a.slice(head, endA), b.slice(head, endB), { maxEditLength: maxEdits })
  const steps: readonly Step[] = changes ?? [
    { count: endA - head, removed: true, added: false },
    { count: endB - head, removed: false, added: true },
  ]
  return {
    runs: runsOf([UNCHANGED(head), ...steps, UNCHANGED(tail)]),
    isExact: changes !== undefined,
  }
}

interface Step {
  readonly count: number
  readonly added: boolean
  readonly removed: boolean
}

const UNCHANGED = (count: number): Step => ({ count, added: false, removed: false })

function runsOf(steps: readonly Step[]): Run[] {
  const runs: Run[] = []
  let [atA, atB] = [0, 0]
  for (const { count, added, removed } of steps) {
    if (count === 0) continue
    const [toA, toB] = [added ? atA : atA + count, removed ? atB : atB + count]
    const kind = added ? 'added' : removed ? 'removed' : 'same'
    runs.push({ kind, a: [atA, toA], b: [atB, toB] })
    atA = toA
    atB = toB
  }
  return runs
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a[at] === b[at]) at += 1
  return at
}

function commonTail(a: readonly string[], b: readonly string[], head: number): number {
  const length = Math.min(a.length, b.length) - head
  let count = 0
  while (count < length && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1
  return count
}

import { Group } from './group.ts'

/** Leaves that are kept; calls of later ones are counted in each of their groups. */
const MAX_LEAVES = 4096

interface Leaf {
  readonly group: Group
  readonly groups: readonly Group[]
}

/**
 * Lets a call be counted once that is in several groups: calls that are in the same groups share a
 * leaf, and what was counted there is added to these groups at the end. A latency is held in one
 * list then, however many groups are over it.
 */
export class Leaves {
  readonly #numbers = new Map<Group, number>()
  readonly #leaves = new Map<string, Leaf>()

  /** Where calls that are in these groups are to be counted. */
  groupsFor(groups: readonly Group[]): readonly Group[] {
    const key = groups.map((group) => this.#numberOf(group)).join(' ')
    const known = this.#leaves.get(key)
    if (known !== undefined) return [known.group]
    if (this.#leaves.size >= MAX_LEAVES) return groups
    const group = new Group()
    this.#leaves.set(key, { group, groups })
    return [group]
  }

  /** Adds what was counted in leaves to their groups. */
  rollUp(): void {
    for (const { group, groups } of this.#leaves.values()) {
      for (const over of groups) over.merge(group)
    }
    this.#leaves.clear()
  }

  #numberOf(group: Group): number {
    const known = this.#numbers.get(group)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(group, number)
    return number
  }
}

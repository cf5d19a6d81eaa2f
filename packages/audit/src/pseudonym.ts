import { randomBytes } from 'node:crypto'

/** A new name for somebody, from which nobody can tell who that is. */
export function newPseudonym(): string {
  return `p_${randomBytes(12).toString('hex')}`
}

/** Whether a name is such a one. */
export function isPseudonym(name: unknown): boolean {
  return typeof name === 'string' && /^p_[0-9a-f]{24}$/.test(name)
}

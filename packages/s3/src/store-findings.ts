/** What can be found in a store beyond what can be found in a log. */
export const STORE_FINDING_CODES = ['DELETED', 'MODIFIED', 'OVERLAID', 'UNLOCKED'] as const

/** One of `STORE_FINDING_CODES`. */
export type StoreFindingCode = (typeof STORE_FINDING_CODES)[number]

/** Something about an object in the store. */
export interface StoreFinding {
  readonly code: StoreFindingCode
  /** `failure`: evidence against the log; `note`: what happens to healthy ones. */
  readonly severity: 'failure' | 'note'
  readonly seq: null
  /** The object's key below the log's place. */
  readonly object: string
  readonly detail: string
}

/** More of one kind are counted. */
const MOST_OF_ONE = 100

/** Collects findings. */
export class StoreFindings {
  readonly #list: StoreFinding[] = []
  readonly #counts = new Map<string, number>()
  /** What all keys are below. */
  #below = ''

  /** The same list, with keys below a further prefix. */
  under(path: string): void {
    this.#below = path
  }

  failure(code: StoreFindingCode, key: string, detail: string): void {
    this.#add('failure', code, key, detail)
  }

  note(code: StoreFindingCode, key: string, detail: string): void {
    this.#add('note', code, key, detail)
  }

  list(): readonly StoreFinding[] {
    return this.#list
  }

  count(severity: 'failure' | 'note'): number {
    let sum = 0
    for (const [kind, count] of this.#counts) if (kind.startsWith(severity)) sum += count
    return sum
  }

  #add(severity: 'failure' | 'note', code: StoreFindingCode, key: string, detail: string): void {
    const kind = `${severity} ${code}`
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const object = `${this.#below}${key}`
    if (count <= MOST_OF_ONE)
      this.#list.push({ code, severity, seq: null, object, detail: `${object}: ${detail}` })
  }
}

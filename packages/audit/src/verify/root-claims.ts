import type { RootNow } from './checkpoint-watch.ts'
import type { Findings } from './findings.ts'

/** Somebody says that the log had this root at this size. */
export interface RootClaim {
  readonly size: number
  readonly root: Buffer
  /** Who says so, as it stands in a finding. */
  readonly by: string
}

/** Holds what others remember of a log against its tree while it grows. */
export class RootClaims {
  readonly #claims: readonly RootClaim[]
  readonly #findings: Findings
  readonly #confirmed: RootClaim[] = []
  #at = 0
  #next: number

  constructor(claims: readonly RootClaim[], findings: Findings) {
    this.#claims = claims.toSorted((a, b) => a.size - b.size)
    this.#findings = findings
    this.#next = this.#claims[0]?.size ?? Number.POSITIVE_INFINITY
  }

  /** To be called whenever the tree has grown, and once before. */
  grown(size: number, root: RootNow): void {
    while (this.#next <= size) {
      const claim = this.#claims[this.#at] as RootClaim
      if (claim.size === size) this.#compare(claim, root())
      this.#at += 1
      this.#next = this.#claims[this.#at]?.size ?? Number.POSITIVE_INFINITY
    }
  }

  /** Says what is remembered beyond the end. */
  finish(size: number): void {
    for (const claim of this.#claims.slice(this.#at))
      this.#findings.failure(
        'TRUNCATED',
        size,
        `the log has ${size} entries, and ${claim.by} remembers ${claim.size}`,
      )
  }

  /** Whether a claim held. */
  isConfirmed(claim: RootClaim | undefined): boolean {
    return claim !== undefined && this.#confirmed.includes(claim)
  }

  #compare(claim: RootClaim, root: Buffer | undefined): void {
    if (root === undefined) return
    if (root.equals(claim.root)) this.#confirmed.push(claim)
    // Where an entry was changed that is told already, the root is another for that reason.
    else if (this.#findings.changes() === 0)
      this.#findings.failure(
        'FORK',
        claim.size - 1,
        `the first ${claim.size} entries are not those that ${claim.by} remembers`,
      )
  }
}

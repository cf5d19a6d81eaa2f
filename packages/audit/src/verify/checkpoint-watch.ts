import { join } from 'node:path'
import { parseCheckpoint, type SignedCheckpoint } from '../checkpoint.ts'
import { paddedSize } from '../entry.ts'
import { verifyNote } from '../signed-note.ts'
import type { VerifierKey } from '../verifier-key.ts'
import type { Findings } from './findings.ts'
import type { KeyHistory } from './key-history.ts'
import { readSmallFile } from './small-file.ts'

/** A checkpoint that holds. */
export interface GoodCheckpoint {
  readonly size: number
  readonly root: Buffer
  readonly signers: readonly VerifierKey[]
  /** Whether it is one of those in `checkpoints/`. */
  readonly isKept: boolean
  /** The note as it is in the folder. */
  readonly bytes: Buffer
  readonly checkpoint: SignedCheckpoint
}

interface NamedNote {
  readonly name: string
  readonly size: number
  readonly bytes: Buffer
}

/** A note whose root is not the tree's, and how many changes were found by then. */
interface OddNote {
  readonly note: NamedNote
  readonly changes: number
}

const LATEST = 'checkpoint'

/** What the tree has to say when it reaches a checkpoint's size. */
export type RootNow = () => Buffer | undefined

/** Holds the folder's checkpoints against the tree while it grows. */
export class CheckpointWatch {
  readonly #dir: string
  readonly #origin: string
  readonly #keys: KeyHistory
  readonly #findings: Findings
  readonly #onReached: (size: number) => void
  readonly #onGood: (good: GoodCheckpoint) => void
  readonly #sizes: readonly number[]
  readonly #kept: ReadonlySet<number>
  /** Whether there is a file `checkpoint`. */
  readonly #isThere: boolean
  readonly #latest: NamedNote | undefined
  #at = 0
  #next = Number.POSITIVE_INFINITY
  #newest: GoodCheckpoint | undefined
  /** A signed root that is not the tree's: the tree was changed, or, if a later one fits, this is of another history. */
  #odd: OddNote | undefined
  /** Changes that were found when the last checkpoint held. */
  #changes = 0

  constructor(options: {
    readonly dir: string
    /** The file `checkpoint`. */
    readonly latest: Buffer | undefined
    readonly origin: string
    /** Of `checkpoints/`. */
    readonly sizes: readonly number[]
    /** Checkpoints up to this size are left out. */
    readonly after: number
    readonly keys: KeyHistory
    readonly findings: Findings
    /** The tree has the size of a checkpoint, which is looked at next; one that does not hold is a failure. */
    readonly onReached: (size: number) => void
    readonly onGood: (good: GoodCheckpoint) => void
  }) {
    const { dir, latest: bytes, origin, sizes, after, keys, findings } = options
    this.#dir = dir
    this.#origin = origin
    this.#keys = keys
    this.#findings = findings
    this.#onReached = options.onReached
    this.#onGood = options.onGood
    this.#isThere = bytes !== undefined
    this.#latest = this.#readLatest(bytes)
    this.#kept = new Set(sizes)
    const latest = this.#latest === undefined ? [] : [this.#latest.size]
    const wanted = new Set([...sizes, ...latest].filter((size) => size > after))
    this.#sizes = [...wanted].sort((a, b) => a - b)
    this.#next = this.#sizes[0] ?? Number.POSITIVE_INFINITY
  }

  /** The newest checkpoint that holds. */
  get newest(): GoodCheckpoint | undefined {
    return this.#newest
  }

  /** Size of the newest checkpoint, whether it holds or not: what is beyond it was never promised. */
  get signedSize(): number {
    return this.#sizes.at(-1) ?? 0
  }

  /** To be called whenever the tree has grown. */
  grown(size: number, root: RootNow): void {
    // An empty tree's checkpoint waits for the keys that the first entry has.
    if (size < this.#next) return
    while (this.#next <= size) {
      const reached = this.#next
      this.#at += 1
      this.#next = this.#sizes[this.#at] ?? Number.POSITIVE_INFINITY
      if (reached > 0) this.#reach(reached, reached === size ? root : () => undefined)
    }
  }

  /** What was signed beyond the last entry, and what did not fit. `isBegun`: the log has nothing but what its writer writes before it signs. */
  finish(size: number, isBegun: boolean): void {
    for (const reached of this.#sizes.slice(this.#at))
      for (const note of this.#notesOf(reached)) {
        const checkpoint = this.#signed(note)
        if (checkpoint === undefined) continue
        this.#findings.failure(
          'TRUNCATED',
          size,
          `the log has ${size} entries, and ${note.name} says that it had ${reached}`,
        )
      }
    if (this.#odd !== undefined) this.#reportOdd(this.#odd)
    if (this.#sizes.length === 0 && !this.#isThere && isBegun) {
      this.#findings.note(
        'UNCLEAN_CLOSE',
        null,
        `the log was begun, and nothing is signed yet: none of its ${size} entries counts as verified`,
      )
      return
    }
    if (!this.#isThere)
      this.#findings.failure('SIGNATURE', null, 'the file checkpoint is missing, or no file')
    if (this.#newest === undefined && this.#findings.failures() === 0)
      this.#findings.failure(
        'SIGNATURE',
        null,
        'there is no checkpoint that holds: nothing in this log is signed',
      )
  }

  #reach(size: number, root: RootNow): void {
    this.#onReached(size)
    for (const note of this.#notesOf(size)) this.#check(note, root())
  }

  #readLatest(bytes: Buffer | undefined): NamedNote | undefined {
    if (bytes === undefined) return undefined
    try {
      return { name: LATEST, size: parseCheckpoint(bytes).size, bytes }
    } catch (error) {
      this.#findings.failure('SIGNATURE', null, `checkpoint: ${(error as Error).message}`)
      return undefined
    }
  }

  /** The notes of a size: two files may have one, which is the same. */
  #notesOf(size: number): NamedNote[] {
    const name = `checkpoints/${paddedSize(size)}.note`
    const bytes = readSmallFile(join(this.#dir, name))
    const kept = bytes === undefined ? [] : [{ name, size, bytes }]
    if (bytes === undefined && this.#kept.has(size))
      this.#findings.failure('SIGNATURE', size - 1, `${name} is no file that can be read`)
    const latest = this.#latest
    if (latest?.size !== size || kept[0]?.bytes.equals(latest.bytes)) return kept
    return [...kept, latest]
  }

  #check(note: NamedNote, root: Buffer | undefined): void {
    const checkpoint = this.#signed(note)
    if (checkpoint === undefined || root === undefined) return
    if (!checkpoint.root.equals(root)) {
      this.#odd ??= { note, changes: this.#findings.changes() }
      return
    }
    if (this.#odd !== undefined) {
      this.#reportFork(this.#odd.note)
      this.#odd = undefined
    }
    this.#changes = this.#findings.changes()
    const { verified } = verifyNote(checkpoint.note, this.#keys.known)
    const signers = verified.map(({ key }) => key)
    const { name, size, bytes } = note
    this.#newest = { size, root, signers, isKept: name !== LATEST, bytes, checkpoint }
    this.#onGood(this.#newest)
  }

  #reportFork({ name, size }: NamedNote): void {
    this.#findings.failure('FORK', size - 1, `${name} is signed, and not of this history`)
  }

  /** The checkpoint of a note that a key in force signed. */
  #signed({ name, size, bytes }: NamedNote): SignedCheckpoint | undefined {
    try {
      const checkpoint = parseCheckpoint(bytes)
      const fault = this.#faultOf(checkpoint, size)
      if (fault === undefined) return checkpoint
      this.#findings.failure(fault[0], size - 1, `${name} ${fault[1]}`)
    } catch (error) {
      this.#findings.failure('SIGNATURE', size - 1, `${name}: ${(error as Error).message}`)
    }
    return undefined
  }

  #faultOf(
    { origin, size, note }: SignedCheckpoint,
    expected: number,
  ): ['KEY' | 'SIGNATURE', string] | undefined {
    if (origin !== this.#origin) return ['KEY', `is of another log, ${origin}`]
    if (size !== expected) return ['SIGNATURE', `is of size ${size}`]
    const { verified, failed } = verifyNote(note, this.#keys.known)
    if (failed.length > 0) return ['SIGNATURE', 'has a signature that does not hold']
    if (verified.length === 0) return ['SIGNATURE', 'is not signed by a key of this log']
    const signers = verified.map(({ key }) => key)
    this.#keys.signed(size, signers)
    const { current } = this.#keys
    const isInForce = signers.some(({ vkey }) => current.some((key) => key.vkey === vkey))
    return isInForce ? undefined : ['KEY', 'is signed by a key that was not in force at its size']
  }

  /** A changed entry that was found has changed the root; only one that no other check shows is told here. */
  #reportOdd({ note, changes }: OddNote): void {
    if (changes > this.#changes) return
    const since = this.#newest?.size ?? 0
    if (since >= note.size) {
      this.#reportFork(note)
      return
    }
    const which =
      since === note.size - 1
        ? `entry ${since} is`
        : `one of the entries ${since} to ${note.size - 1} is`
    this.#findings.failure(
      'MODIFIED',
      note.size - 1,
      `${which} not what ${note.name} was signed over`,
    )
  }
}

import { signCheckpoint } from './checkpoint.ts'
import type { CommitQueue } from './commit-queue.ts'
import { writeCheckpoint } from './log-file.ts'
import { fenced, type SegmentWriter } from './segment-writer.ts'
import type { Signer } from './signer.ts'
import { writeTreeCache } from './tree-cache.ts'
import type { VerifierKey } from './verifier-key.ts'

/** A checkpoint that was signed. */
export interface SignedState {
  readonly size: number
  /** Base64. */
  readonly root: string
  /** The signed note. */
  readonly note: string
}

/** What signing needs. */
export interface CheckpointsOptions {
  readonly dir: string
  readonly origin: string
  readonly queue: CommitQueue
  readonly segments: SegmentWriter
  readonly signer: Signer
  readonly boot: string
  readonly epoch: number
  /** Whether entries have to be synced before they are signed. */
  readonly isSynced: boolean
}

/** Signs checkpoints over what is durable, one after the other, each over a tree that extends the one before. */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  #signers: readonly Signer[]
  #newest: SignedState | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: CheckpointsOptions) {
    this.#options = options
    this.#signers = [options.signer]
  }

  /** Who signs. */
  get signerKey(): VerifierKey {
    return (this.#signers[0] as Signer).key
  }

  /** The newest of this session. */
  get newest(): SignedState | undefined {
    return this.#newest
  }

  /** Lets another key sign from now on: `append` writes the entry that says so, before which and after which different keys are in force. */
  rotate(signer: Signer, append: () => Promise<unknown>): Promise<SignedState> {
    return this.#inTurn(async () => {
      await append()
      // The first checkpoint after it is signed by both, for those who know the old key only.
      this.#signers = [signer, ...this.#signers.slice(0, 1)]
      return this.#sign(true)
    })
  }

  /** Signs all durable entries, unless that was done already; `isKept` keeps the checkpoint beside the newest. */
  sign(isKept: boolean): Promise<SignedState> {
    return this.#inTurn(() => this.#sign(isKept))
  }

  #inTurn(task: () => Promise<SignedState>): Promise<SignedState> {
    const next = this.#turn.then(task)
    this.#turn = next.catch(() => undefined)
    return next
  }

  async #sign(isKept: boolean): Promise<SignedState> {
    const { dir, origin, queue, segments, boot, epoch, isSynced } = this.#options
    // Before anything is awaited: while a signature is made, the log goes on.
    const { head, tree } = queue
    const state = tree.state()
    const root = tree.root()
    if (this.#newest?.size === head.seq) {
      if (isKept) await writeCheckpoint(dir, head.seq, this.#newest.note, true)
      return this.#newest
    }
    if (!isSynced) await segments.sync()
    if (!segments.isInPlace()) {
      throw fenced(dir)
    }
    const note = await signCheckpoint({ origin, size: head.seq, root }, this.#signers)
    await writeCheckpoint(dir, head.seq, note, isKept)
    await writeTreeCache(dir, { head, tree: state, boot, epoch })
    this.#signers = this.#signers.slice(0, 1)
    this.#newest = { size: head.seq, root: root.toString('base64'), note }
    return this.#newest
  }
}

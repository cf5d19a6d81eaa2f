import { signCheckpoint } from './checkpoint.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { ChainHead } from './line.ts'
import { writeCheckpoint } from './log-file.ts'
import type { TreeState } from './merkle.ts'
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

/** What is to be signed, as it was at one moment. */
interface State {
  readonly head: ChainHead
  readonly before: TreeState | undefined
  readonly root: Buffer
}

/** A change of keys that is in the log, and not signed by both yet; `done` is called once it is. */
interface Handover {
  readonly state: State
  readonly done: () => Promise<void>
}

/** Signs checkpoints over what is durable, one after the other, each over a tree that extends the one before. */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  #signers: readonly Signer[]
  #newest: SignedState | undefined
  #handover: Handover | undefined
  #begin: () => void = () => {}
  #turn: Promise<unknown> = new Promise<void>((resolve) => {
    this.#begin = resolve
  })

  constructor(options: CheckpointsOptions) {
    this.#options = options
    this.#signers = [options.signer]
  }

  /** To be called once the log says what its writer found unsigned: nothing is signed before. */
  begin(): void {
    this.#begin()
  }

  /** Who signs. */
  get signerKey(): VerifierKey {
    return (this.#signers[0] as Signer).key
  }

  /** The newest of this session. */
  get newest(): SignedState | undefined {
    return this.#newest
  }

  /**
   * Lets another key sign from now on: `append` writes the entry that says so in place of the key it is given, and nothing behind it; `done` follows once
   * both have signed a checkpoint that ends with it. Where they cannot yet, they do before anything else is signed.
   */
  rotate(
    signer: Signer,
    append: (old: VerifierKey) => Promise<unknown>,
    done: () => Promise<void>,
  ): Promise<SignedState> {
    return this.#inTurn(async () => {
      await this.#handOver()
      await append(this.signerKey)
      this.#handover = { state: this.#state(), done }
      // For those who know the old key only.
      this.#signers = [signer, ...this.#signers]
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
    // Before anything is awaited: while a signature is made, the log goes on.
    const state = this.#state()
    await this.#handOver()
    const { seq } = state.head
    if (this.#newest?.size !== seq) return this.#write(state, isKept)
    if (isKept) await writeCheckpoint(this.#options.dir, seq, this.#newest.note, true)
    return this.#newest
  }

  async #handOver(): Promise<void> {
    const handover = this.#handover
    if (handover === undefined) return
    const { state, done } = handover
    if (this.#newest?.size !== state.head.seq) await this.#write(state, true)
    await done()
    this.#handover = undefined
  }

  #state(): State {
    const { head, tree, treeBefore } = this.#options.queue
    return { head, before: treeBefore, root: tree.root() }
  }

  async #write({ head, before, root }: State, isKept: boolean): Promise<SignedState> {
    const { dir, origin, segments, boot, epoch, isSynced } = this.#options
    if (!isSynced) await segments.sync()
    if (!segments.isInPlace()) {
      throw fenced(dir)
    }
    const note = await signCheckpoint({ origin, size: head.seq, root }, this.#signers)
    await writeCheckpoint(dir, head.seq, note, isKept)
    if (before !== undefined) await writeTreeCache(dir, { head, before, boot, epoch })
    this.#signers = this.#signers.slice(0, 1)
    this.#newest = { size: head.seq, root: root.toString('base64'), note }
    return this.#newest
  }
}

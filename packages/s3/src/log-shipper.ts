import { parseCheckpoint, parseVerifierKey } from '@recount/audit'
import { S3Error } from './errors.ts'
import { type Head, readHead, swapHead } from './head-checkpoint.ts'
import { cutsOf, findLeftovers, type Leftover } from './leftovers.ts'
import {
  handovers,
  keptCheckpoint,
  type LocalCheckpoint,
  localAnchors,
  newestCheckpoint,
  nextCheckpoint,
  publicKeys,
} from './local-log.ts'
import { anchorKey, checkpointKey, PSEUDONYMS_KEY, publicKeyKey } from './object-keys.ts'
import type { ObjectStore } from './object-store.ts'
import type { LockOptions } from './options.ts'
import { s3Url } from './place.ts'
import type { StoreAbilities } from './probe.ts'
import { sha256 } from './sha256.ts'
import { noteReceipts, readState, type ShippingState, writeState } from './shipping-state.ts'
import type { StagedObject } from './stage-objects.ts'
import { findStep, removeStep, type StagedStep, stageStep } from './staged-step.ts'
import type { ObjectLock } from './stored-object.ts'
import { uploadAll } from './upload-objects.ts'
import { type FinalObject, type WrittenObject, writeOnce } from './write-once.ts'

/** One log and its place. */
export interface LogShipperParts {
  readonly dir: string
  /** The log's name. */
  readonly origin: string
  /** Whether the log replaces names. */
  readonly pseudonyms: boolean
  /** What the shipper keeps between runs, and the staged files. */
  readonly folder: string
  readonly store: ObjectStore
  readonly abilities: StoreAbilities
  readonly lock: LockOptions | undefined
  readonly objectBytes: number
}

const DAY_MS = 86_400_000
/** About so many bytes of entries between two swaps of the head. */
const STEP_BYTES = 32 * 1024 * 1024

/** Ships one log: step by step, each of entries, a checkpoint over them and, last, the head. */
export class LogShipper {
  readonly #parts: LogShipperParts
  readonly #leftovers: readonly Leftover[]
  #head: Head
  #state: ShippingState

  private constructor(
    parts: LogShipperParts,
    leftovers: readonly Leftover[],
    head: Head,
    state: ShippingState,
  ) {
    this.#parts = parts
    this.#leftovers = leftovers
    this.#head = head
    this.#state = state
  }

  /** Finds out where the store stands. Throws `S3_LOG_MISMATCH`, `AUDIT_FORK`, `AUDIT_TRUNCATED`. */
  static async open(parts: LogShipperParts): Promise<LogShipper> {
    const head = await readHead(parts.store)
    const { origin = parts.origin } = head.checkpoint ?? {}
    if (origin !== parts.origin)
      throw new S3Error(
        'S3_LOG_MISMATCH',
        `${s3Url(parts.store.place)} is the place of the log ${origin}; ${parts.origin} needs one of its own`,
      )
    const state = await readState(parts.folder, parts.dir, head.checkpoint)
    const { size } = await shippable(parts.dir)
    const leftovers = await findLeftovers(parts.store, state.tree.size, size)
    return new LogShipper(parts, leftovers, head, state)
  }

  /** Entries that are shipped. */
  get size(): number {
    return this.#state.tree.size
  }

  /** Ships everything up to a checkpoint, and what others said about earlier ones. */
  async shipTo(target: LocalCheckpoint): Promise<void> {
    await this.#shipIdentity()
    const { folder } = this.#parts
    let staged = await this.#found(folder)
    while (this.size < target.size) {
      const step: StagedStep = staged ?? (await this.#stage(this.#state, target))
      // The next one is packed while this one is on its way.
      const isLast = step.to >= target.size
      const next = isLast ? undefined : this.#stage({ tree: step.tree }, target)
      next?.catch(() => undefined)
      await this.#shipStep(step).catch(async (error) => {
        await next?.catch(() => undefined)
        throw error
      })
      staged = await next
    }
    await this.#shipAnchors()
  }

  /** A step that was staged earlier, unless something else lies in its way in the store. */
  async #found(folder: string): Promise<StagedStep | undefined> {
    const step = await findStep(folder, this.size)
    const keys = new Set(step?.objects.map(({ key }) => key))
    const { size } = this
    const isStrange = this.#leftovers.some(
      ({ key, first }) => first >= size && first < (step?.to ?? 0) && !keys.has(key),
    )
    return isStrange ? undefined : step
  }

  async #stage(
    { tree }: Pick<ShippingState, 'tree'>,
    target: LocalCheckpoint,
  ): Promise<StagedStep> {
    const { dir, folder, objectBytes } = this.#parts
    const { note } = await nextCheckpoint(dir, tree.size, target, STEP_BYTES)
    return stageStep(
      { dir, staging: folder, objectBytes, cuts: cutsOf(this.#leftovers) },
      tree,
      note,
    )
  }

  async #shipStep(step: StagedStep): Promise<void> {
    const { store, abilities, folder } = this.#parts
    const known = new Set(this.#leftovers.map(({ key }) => key))
    const isKnown = ({ key }: StagedObject): boolean => known.has(key)
    const upload = (objects: readonly StagedObject[]): Promise<WrittenObject[]> =>
      uploadAll(store, abilities, objects, (time) => this.#lock(time))
    // What lies there already first: where it is of another history, nothing is added to it.
    const written = await upload(step.objects.filter(isKnown))
    written.push(...(await upload(step.objects.filter((object) => !isKnown(object)))))
    const time = step.objects.at(-1)?.time
    for (const { size, note } of await handovers(this.#parts.dir, step.from, step.to - 1))
      written.push(await this.#write(this.#checkpoint(size, note, time)))
    written.push(await this.#write(this.#checkpoint(step.to, step.note, time)))
    this.#head = await swapHead(store, abilities, this.#head, step.note)
    await noteReceipts(folder, written)
    await this.#keep({ ...this.#state, tree: step.tree })
    await removeStep(folder, step.to)
  }

  /** The log's name, its keys, and whether it replaces names. */
  async #shipIdentity(): Promise<void> {
    const { dir, origin, pseudonyms } = this.#parts
    const keys = await publicKeys(dir)
    const count = keys.length + (pseudonyms ? 1 : 0)
    if (count <= this.#state.identity) return
    const log = { key: keys[0], origin, v: 1 }
    const objects = [
      final('log.json', jsonOf(log), 'application/json', this.#lock()),
      ...keys.map((line, at) => {
        const key = publicKeyKey(at, parseVerifierKey(line).id)
        return final(key, Buffer.from(`${line}\n`), 'text/plain', this.#lock())
      }),
      ...(pseudonyms
        ? [final(PSEUDONYMS_KEY, jsonOf(true), 'application/json', this.#lock())]
        : []),
    ]
    const written: WrittenObject[] = []
    for (const object of objects) written.push(await this.#write(object))
    await noteReceipts(this.#parts.folder, written)
    await this.#keep({ ...this.#state, identity: count })
  }

  /** Time stamps and cosignatures, with the checkpoints that they are over. */
  async #shipAnchors(): Promise<void> {
    const { dir, folder } = this.#parts
    const anchors = await localAnchors(dir)
    const ready = anchors.filter(
      (anchor) => anchor.size <= this.size && !this.#state.anchors.includes(anchor.sha256),
    )
    for (const { size, form, body, sha256: sum } of ready) {
      const checkpoint = await keptCheckpoint(dir, size)
      const written: WrittenObject[] = []
      if (checkpoint !== undefined)
        written.push(await this.#write(this.#checkpoint(size, checkpoint.note)))
      const key = anchorKey(size, form, sum)
      written.push(await this.#write(final(key, body, 'application/octet-stream', this.#lock())))
      await noteReceipts(folder, written)
      await this.#keep({ ...this.#state, anchors: [...this.#state.anchors, sum] })
    }
  }

  #checkpoint(size: number, note: string, time?: string): FinalObject {
    const object = final(checkpointKey(size), Buffer.from(note), 'text/plain', this.#lock(time))
    return { ...object, isSame: (there) => saysSame(there, note) }
  }

  #write(object: FinalObject): Promise<WrittenObject> {
    return writeOnce(this.#parts.store, this.#parts.abilities, object)
  }

  async #keep(state: ShippingState): Promise<void> {
    this.#state = state
    await writeState(this.#parts.folder, state)
  }

  /** From when an entry was written on; at least for a day, because stores refuse what is over already. */
  #lock(time?: string): ObjectLock | undefined {
    const { lock } = this.#parts
    if (lock === undefined) return undefined
    const now = Date.now()
    const from = time === undefined ? now : Date.parse(time)
    const until = Math.max(from + lock.days * DAY_MS, now + DAY_MS)
    // Whole seconds: some stores keep no parts of them.
    return { mode: lock.mode, until: new Date(Math.ceil(until / 1000) * 1000) }
  }
}

/** The newest signed checkpoint, which is what there is to ship. Throws `AUDIT_LOG_NOT_FOUND`. */
export async function shippable(dir: string): Promise<LocalCheckpoint> {
  return (await newestCheckpoint(dir)) ?? { size: 0, note: '' }
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

function final(key: string, body: Buffer, type: string, lock: ObjectLock | undefined): FinalObject {
  return { key, body, sha256: sha256(body), type, lock }
}

/** Whether two checkpoints are over the same tree, by whoever they are signed. */
function saysSame(there: Buffer, note: string): boolean {
  try {
    return parseCheckpoint(there).note.text === parseCheckpoint(note).note.text
  } catch {
    return false
  }
}

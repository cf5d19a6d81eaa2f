import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint, type SignedCheckpoint } from '../checkpoint.ts'
import { readIfThere, replaceFile } from '../durable-file.ts'
import { AuditError, systemCode } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { type Lock, takeLock } from '../lock.ts'
import { verifyConsistency } from '../proofs.ts'
import { signatureLine, verifyNote } from '../signed-note.ts'
import type { Signer } from '../signer.ts'
import { handedOver, parseTlogProof, type TlogProof } from '../tlog-proof.ts'
import { parseVerifierKey, type VerifierKey } from '../verifier-key.ts'
import { keyLines } from '../verify/trusted-keys.ts'
import { parseWitnessRequest } from './witness-request.ts'

/** How a witness is set up. */
export interface WitnessOptions {
  /** Folder in which it remembers; one file a log. */
  readonly dir: string
  /** Its own key, of kind `cosignature`. */
  readonly signer: Signer
  /** Public keys of the logs that it watches, as lines. */
  readonly logs: readonly string[]
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number
}

/** What a witness answers: an HTTP status, and a body of this type. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly type: 'text/plain; charset=utf-8' | 'text/x.tlog.size'
  readonly body: string
}

/** Remembers each log's newest checkpoint and cosigns only what it grows into (C2SP tlog-witness). */
export class Witness {
  readonly #dir: string
  readonly #signer: Signer
  readonly #keys: VerifierKey[]
  readonly #clock: () => number
  readonly #lock: Lock
  /** Checking and remembering must be one step: requests come one after another. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(options: WitnessOptions, followed: readonly VerifierKey[], lock: Lock) {
    this.#dir = options.dir
    this.#signer = options.signer
    this.#keys = [...options.logs.flatMap(keyLines).map(parseVerifierKey), ...followed]
    this.#clock = options.clock ?? (() => Date.now())
    this.#lock = lock
  }

  /** Its public key, as a line. */
  get publicKey(): string {
    return this.#signer.key.vkey
  }

  /** Answers one request, after those before it. Rejects where what was cosigned cannot be remembered: then nothing was. */
  addCheckpoint(body: string): Promise<WitnessAnswer> {
    const answer = this.#turn.then(() => this.#answer(body))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Follows a log's key to the next: takes the proof of the entry by which it handed over (ours, beside the protocol). */
  addKey(body: string): Promise<WitnessAnswer> {
    const answer = this.#turn.then(() => this.#follow(body))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Waits for what is under way, and lets go of the folder. */
  async close(): Promise<void> {
    await this.#turn
    await this.#lock.release()
  }

  async #answer(body: string): Promise<WitnessAnswer> {
    const request = parseWitnessRequest(body)
    const checkpoint = request && checkpointIn(request.checkpoint)
    if (request === undefined || checkpoint === undefined) return refused(400, 'not a request')
    const { origin, size, root, note } = checkpoint
    const keys = this.#keys.filter(({ name }) => name === origin)
    if (keys.length === 0) return refused(404, 'the log is not known here')
    const { verified, failed } = verifyNote(note, keys)
    if (verified.length === 0 || failed.length > 0) return refused(403, 'not signed by the log')
    if (request.old > size) return refused(400, 'the old size is above the new one')
    const known = await this.#remembered(origin)
    const knownSize = known?.size ?? 0
    if (request.old !== knownSize) return conflict(knownSize)
    if (known !== undefined && known.size === size && !known.root.equals(root))
      return conflict(size)
    if (!isGrowth(known, checkpoint, request.proof)) return refused(422, 'not a continuation')
    await this.#remember(origin, request.checkpoint)
    const line = await signatureLine(note.text, this.#signer, Math.floor(this.#clock() / 1000))
    return { status: 200, type: 'text/plain; charset=utf-8', body: line }
  }

  async #follow(body: string): Promise<WitnessAnswer> {
    const proof = proofIn(body)
    if (proof === undefined) return refused(400, 'not a proof')
    const { origin } = proof.checkpoint
    const keys = this.#keys.filter(({ name }) => name === origin)
    if (keys.length === 0) return refused(404, 'the log is not known here')
    const next = handedOver(proof, keys)
    if (next === undefined) return refused(403, 'not handed over by a key of the log')
    if (!keys.some(({ vkey }) => vkey === next.vkey)) {
      const path = join(this.#dir, `${nameOf(origin)}.vkey`)
      const before = (await readIfThere(path))?.toString() ?? ''
      await replaceFile(path, `${before}${next.vkey}\n`)
      this.#keys.push(next)
    }
    return { status: 200, type: 'text/plain; charset=utf-8', body: `${next.vkey}\n` }
  }

  async #remembered(origin: string): Promise<Checkpoint | undefined> {
    try {
      return parseCheckpoint(await readFile(this.#pathOf(origin)))
    } catch (error) {
      // What is there and cannot be read must not be taken for nothing.
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async #remember(origin: string, note: string): Promise<void> {
    await replaceFile(this.#pathOf(origin), note)
  }

  #pathOf(origin: string): string {
    return join(this.#dir, `${nameOf(origin)}.note`)
  }
}

/** Opens a witness; one process a folder. Throws `AUDIT_OPTION_INVALID`, `AUDIT_KEY_INVALID`, `AUDIT_LOCKED`. */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  if (options.signer.key.kind !== 'cosignature')
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'Expected `signer` to be a key of kind cosignature, got one that signs logs; make one for the witness',
    )
  await makeFolder(options.dir)
  const lock = await takeLock(options.dir, 0)
  try {
    return new Witness(options, await followedKeys(options), lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The keys to which those that were given have handed over. */
async function followedKeys({ dir, logs }: WitnessOptions): Promise<VerifierKey[]> {
  const origins = new Set(logs.flatMap(keyLines).map((line) => parseVerifierKey(line).name))
  const texts = await Promise.all(
    [...origins].map((origin) => readIfThere(join(dir, `${nameOf(origin)}.vkey`))),
  )
  const lines = texts.flatMap((text) => (text?.toString() ?? '').split('\n').filter(Boolean))
  return lines.map(parseVerifierKey)
}

function nameOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex')
}

function proofIn(text: string): TlogProof | undefined {
  try {
    return parseTlogProof(text)
  } catch {
    return undefined
  }
}

function checkpointIn(note: string): SignedCheckpoint | undefined {
  try {
    return parseCheckpoint(note)
  } catch {
    return undefined
  }
}

/** Nothing known yet, and no proof; the same again; or a proof from one to the other. */
function isGrowth(
  known: Checkpoint | undefined,
  next: Checkpoint,
  proof: readonly Buffer[],
): boolean {
  if (known === undefined || known.size === 0) return proof.length === 0
  return verifyConsistency(known, next, proof)
}

function conflict(size: number): WitnessAnswer {
  return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` }
}

function refused(status: 400 | 403 | 404 | 422, why: string): WitnessAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${why}\n` }
}

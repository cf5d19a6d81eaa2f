import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../durable-file.ts'
import { paddedSize } from '../entry.ts'
import { AuditError } from '../errors.ts'
import { proveHandovers } from '../handovers.ts'
import { consistencyRanges, RangeRoots } from '../proofs.ts'
import { newestCheckpoint } from '../prove-entry.ts'
import { parseNote, verifyNote } from '../signed-note.ts'
import { parseVerifierKey } from '../verifier-key.ts'
import { readLeaves } from '../verify/log-leaves.ts'
import { readSmallFile } from '../verify/small-file.ts'
import { keyLines } from '../verify/trusted-keys.ts'
import { formatWitnessRequest } from './witness-request.ts'

/** What a witness is asked, and whom to believe. */
export interface SubmitOptions {
  /** The log's folder. */
  readonly dir: string
  /** Where the witness is: what comes before `/add-checkpoint`. */
  readonly url: string
  /** Its public key, as a line. */
  readonly witness: string
  /** Milliseconds to wait for an answer. Default 10,000. */
  readonly timeout?: number
}

/** What a witness cosigned. */
export interface Cosigned {
  readonly size: number
  readonly by: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly path: string
}

interface Answer {
  readonly status: number
  readonly answer: string
}

/** A log may grow, and another client may submit, between two requests. */
const TRIES = 5

/**
 * Has a witness cosign the newest checkpoint, and puts its signature beside it, `anchors/<size>.cosig`. Throws `AUDIT_WITNESS_FAILED` where the
 * witness refuses (which may mean that it remembers another history), and where it cannot be reached.
 */
export async function submitCheckpoint(options: SubmitOptions): Promise<Cosigned> {
  const { dir } = options
  const { text, checkpoint } = await newestCheckpoint(dir)
  const { size, note } = checkpoint
  const lines = await cosignatures(options, text, size)
  const key = parseVerifierKey(keyLines(options.witness)[0] ?? '')
  const signed = parseNote(`${note.text}\n${lines}`)
  const { verified } = verifyNote(signed, [key])
  const [signature] = verified
  if (signature === undefined || signature.time === null)
    throw failed('its answer is not signed by the key that was given')
  const path = join(dir, 'anchors', `${paddedSize(size)}.cosig`)
  // What the witness spoke of has to stay when the log has a newer one.
  const kept = join(dir, 'checkpoints', `${paddedSize(size)}.note`)
  if (!existsSync(kept)) await replaceFile(kept, text)
  await mkdir(join(dir, 'anchors'), { recursive: true })
  await replaceFile(path, `${othersIn(path, key.name, key.id)}${signature.line}`)
  return { size, by: key.name, time: signature.time * 1000, path }
}

/** Signatures of other witnesses stay. */
function othersIn(path: string, name: string, id: string): string {
  const before = readSmallFile(path)?.toString() ?? ''
  if (before === '') return ''
  const { signatures } = parseNote(`x\n\n${before}`)
  return signatures
    .filter((signature) => signature.name !== name || signature.id !== id)
    .map(({ line }) => line)
    .join('')
}

async function cosignatures(options: SubmitOptions, text: string, size: number): Promise<string> {
  let old = 0
  for (let tries = 0; tries < TRIES; tries += 1) {
    const proof = await consistencyProof(options.dir, old, size)
    const body = formatWitnessRequest({ old, proof, checkpoint: text })
    const { status, answer } = await ask(options, body, size)
    if (status === 200) return answer
    const known = status === 409 ? Number(answer.trim()) : Number.NaN
    if (!Number.isSafeInteger(known)) throw failed(`it answered ${status}: ${answer.trim()}`)
    if (known > size) throw failed(`it has seen ${known} entries of this log, which has ${size}`)
    if (known === old) throw failed(`it has seen another history of the first ${size} entries`)
    old = known
  }
  throw failed('others submit to it faster than this')
}

/** A witness that does not know the key may follow to it from one that it knows. */
async function ask(options: SubmitOptions, body: string, size: number): Promise<Answer> {
  const answer = await post(options, 'add-checkpoint', body)
  if (answer.status !== 403 || !(await handOver(options, size))) return answer
  return post(options, 'add-checkpoint', body)
}

/** Tells a witness which keys the one that it knows handed over to; false where it follows none. */
async function handOver(options: SubmitOptions, size: number): Promise<boolean> {
  const proofs = await proveHandovers(options.dir, size)
  let isFollowed = false
  // It may know a later key than the first.
  for (const proof of proofs) {
    const { status } = await post(options, 'add-key', proof)
    if (status === 200) isFollowed = true
  }
  return isFollowed
}

async function consistencyProof(dir: string, from: number, to: number): Promise<Buffer[]> {
  if (from === 0 || from === to) return []
  const roots = new RangeRoots(consistencyRanges(from, to))
  await readLeaves(dir, to, (leaf) => roots.push(leaf))
  return roots.roots()
}

async function post(
  { url, timeout = 10_000 }: SubmitOptions,
  what: 'add-checkpoint' | 'add-key',
  body: string,
): Promise<Answer> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/${what}`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(timeout),
    })
    return { status: response.status, answer: (await response.text()).slice(0, 65_536) }
  } catch (cause) {
    throw new AuditError(
      'AUDIT_WITNESS_FAILED',
      `The witness ${url} could not be reached: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function failed(why: string): AuditError {
  return new AuditError('AUDIT_WITNESS_FAILED', `The witness did not cosign: ${why}`)
}

import { fromBase64 } from '../base64.ts'
import { HASH_BYTES } from '../merkle.ts'

/** What a log asks of a witness (C2SP tlog-witness, add-checkpoint). */
export interface WitnessRequest {
  /** Size that the witness cosigned last, as the log believes. */
  readonly old: number
  readonly proof: readonly Buffer[]
  /** The signed note. */
  readonly checkpoint: string
}

const MOST_HASHES = 63

/** The body of a request. */
export function formatWitnessRequest({ old, proof, checkpoint }: WitnessRequest): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`
}

/** A request from its body; undefined where it is none. */
export function parseWitnessRequest(body: string): WitnessRequest | undefined {
  const end = body.indexOf('\n\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = body.slice(0, end).split('\n')
  const digits = /^old (0|[1-9]\d*)$/.exec(first)?.[1]
  const old = Number(digits)
  const proof = lines.map(fromBase64)
  const isProof = proof.every((hash) => hash?.length === HASH_BYTES) && proof.length <= MOST_HASHES
  if (digits === undefined || !Number.isSafeInteger(old) || !isProof) return undefined
  return { old, proof: proof as Buffer[], checkpoint: body.slice(end + 2) }
}

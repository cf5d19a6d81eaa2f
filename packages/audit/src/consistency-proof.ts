import { fromBase64 } from './base64.ts'
import { AuditError } from './errors.ts'
import { HASH_BYTES } from './merkle.ts'
import { verifyConsistency } from './proofs.ts'

/** That a tree of `from` entries is the beginning of one of `to` entries (RFC 6962 2.1.2). */
export interface ConsistencyProof {
  readonly from: number
  readonly to: number
  readonly hashes: readonly Buffer[]
}

/** A tree, by its size and root. */
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

const HEADER = 'recount-audit/consistency/v1'
/** Twice as many as the deepest tree needs. */
const MOST_HASHES = 128

/** A proof as a text: its name, the two sizes, and a hash a line. */
export function formatConsistency({ from, to, hashes }: ConsistencyProof): string {
  const lines = [
    HEADER,
    `from ${from}`,
    `to ${to}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ]
  return `${lines.join('\n')}\n`
}

/** A proof from its text. Throws `AUDIT_PROOF_INVALID`. */
export function parseConsistency(text: string): ConsistencyProof {
  const [header, first = '', second = '', ...rest] = text.split('\n')
  const from = sizeIn(first, 'from')
  const to = sizeIn(second, 'to')
  const hashes = rest.slice(0, -1).map((line) => fromBase64(line))
  if (header !== HEADER || rest.at(-1) !== '' || hashes.length > MOST_HASHES) throw invalid()
  if (!hashes.every((hash) => hash?.length === HASH_BYTES)) throw invalid()
  return { from, to, hashes: hashes as Buffer[] }
}

/** Whether a proof is about these two trees, and leads from one to the other. An empty tree begins every tree. */
export function isConsistent(proof: ConsistencyProof, from: TreeHead, to: TreeHead): boolean {
  if (proof.from !== from.size || proof.to !== to.size) return false
  return verifyConsistency(from, to, proof.hashes)
}

function sizeIn(line: string, name: string): number {
  const [, digits] = new RegExp(`^${name} (0|[1-9]\\d*)$`).exec(line) ?? []
  const size = Number(digits)
  if (digits === undefined || !Number.isSafeInteger(size)) throw invalid()
  return size
}

function invalid(): AuditError {
  return new AuditError(
    'AUDIT_PROOF_INVALID',
    `Expected a consistency proof to have the lines ${HEADER}, "from N", "to N" and at most ${MOST_HASHES} hashes`,
  )
}

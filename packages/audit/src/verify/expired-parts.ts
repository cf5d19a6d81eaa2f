import { createHash } from 'node:crypto'
import { HASH_BYTES } from '../merkle.ts'
import type { Findings } from './findings.ts'
import type { PruneClaim } from './own-entries.ts'
import { openPart } from './part-file.ts'

/** The hashes of a segment's entries: what is left when it has expired. */
export interface HashesFile {
  readonly first: number
  readonly count: number
  readonly bytes: Buffer
}

/** As a segment of half a gigabyte may leave at most. */
const MOST_BYTES = 64 * 1024 * 1024

/** Reads a file of hashes; what is no whole hash, or beyond 64 MiB, is told. */
export async function readHashes(
  path: string,
  first: number,
  findings: Findings,
): Promise<HashesFile> {
  const bytes = await readPart(path)
  const count = Math.floor(bytes.length / HASH_BYTES)
  if (bytes.length % HASH_BYTES !== 0)
    findings.failure(
      'MODIFIED',
      first + count,
      `the hashes of expired entries from ${first} on were cut`,
    )
  return { first, count, bytes }
}

/** Its bytes, up to one more than there may be. */
async function readPart(path: string): Promise<Buffer> {
  const file = await openPart(path)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES + 1))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A hash by the entry's place in the file, base64. */
export function hashAt({ bytes }: HashesFile, at: number): string {
  return bytes.toString('base64', at * HASH_BYTES, (at + 1) * HASH_BYTES)
}

/** Says so where an entry has another leaf hash than the one that is kept beside its segment. */
export function compareHash(
  hashes: HashesFile,
  seq: number,
  leaf: string,
  findings: Findings,
): void {
  const at = seq - hashes.first
  if (at >= 0 && at < hashes.count && hashAt(hashes, at) !== leaf)
    findings.failure('MODIFIED', seq, `entry ${seq} is not the one whose hash is kept`)
}

/** Says so where the hashes beside a segment do not end with it. */
export function compareEnd({ first, count }: HashesFile, end: number, findings: Findings): void {
  if (first + count !== end)
    findings.failure(
      'MODIFIED',
      first + Math.min(count, end - first),
      `the hashes beside the segment from entry ${first} on are not as many as its entries`,
    )
}

interface ExpiredPart {
  readonly first: number
  readonly count: number
  readonly sha256: string
  /** Of what stayed of them; undefined where nothing did. */
  readonly kept: string | undefined
}

/** Ranges of which only hashes are left, to be held against what the log says about them when all of it is known. */
export class ExpiredParts {
  readonly #findings: Findings
  readonly #parts: ExpiredPart[] = []

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** Expired entries. */
  get entries(): number {
    return this.#parts.reduce((sum, { count }) => sum + count, 0)
  }

  add({ first, count, bytes }: HashesFile, kept: string | undefined): void {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.#parts.push({ first, count, sha256, kept })
  }

  /**
   * Entries that are gone without an entry that says so were deleted by somebody else. What says so stays; before it did, it expired itself, but
   * the oldest went first: behind a range whose expiry is still told, that of each other one is told too.
   */
  finish(prunes: readonly PruneClaim[]): void {
    const until = prunes.reduce((most, { last }) => Math.max(most, last), -1) + 1
    let isTold = false
    for (const part of this.#parts) {
      const claims = prunes.filter((prune) => prune.first === part.first)
      if (claims.length > 0) this.#compare(part, claims)
      else this.#tellUntold(part, part.first + part.count <= until && !isTold)
      isTold ||= claims.length > 0
    }
  }

  #compare(part: ExpiredPart, claims: readonly PruneClaim[]): void {
    if (claims.some((claim) => isOf(part, claim))) return
    const { first } = part
    this.#findings.failure(
      'MODIFIED',
      first,
      `the hashes of expired entries from ${first} on, or what stayed of them, are not what entry ${claims[0]?.seq} names`,
    )
  }

  #tellUntold({ first, count, kept }: ExpiredPart, mayHaveExpired: boolean): void {
    const gone = `entries ${first} to ${first + count - 1} are gone, and`
    if (!mayHaveExpired)
      this.#findings.failure('GAP', first, `${gone} no entry says that they expired`)
    else if (kept === undefined)
      this.#findings.note('GAP', first, `${gone} an entry that said why would have expired itself`)
    else
      this.#findings.failure(
        'MODIFIED',
        first,
        `${gone} no entry names what is said to have stayed`,
      )
  }
}

function isOf({ first, count, sha256, kept }: ExpiredPart, claim: PruneClaim): boolean {
  return claim.sha256 === sha256 && claim.kept === kept && claim.last === first + count - 1
}

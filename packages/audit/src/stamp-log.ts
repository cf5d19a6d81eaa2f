import { createHash, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from './durable-file.ts'
import { paddedSize } from './entry.ts'
import { parseTimestamp, timestampInvalid, timestampRequest } from './timestamp.ts'
import { type Timestamp, verifyTimestamp } from './timestamp-trust.ts'
import { readLogFolder } from './verify/log-folder.ts'

/** A request that waits to be sent. */
export interface StampRequest {
  /** Of the checkpoint that is to be stamped. */
  readonly size: number
  readonly path: string
  readonly request: Buffer
}

/** A time stamp that was put beside the log. */
export interface StoredStamp extends Timestamp {
  readonly size: number
  readonly path: string
}

/** Makes a time-stamp request (RFC 3161) over the newest kept checkpoint, `anchors/<size>.tsq`. Throws `AUDIT_LOG_NOT_FOUND`. */
export async function requestTimestamp(dir: string): Promise<StampRequest> {
  const size = (await readLogFolder(dir)).checkpoints.at(-1) ?? 0
  const request = timestampRequest(await digestOf(dir, size))
  const path = join(dir, 'anchors', `${paddedSize(size)}.tsq`)
  await mkdir(join(dir, 'anchors'), { recursive: true })
  await replaceFile(path, request)
  return { size, path, request }
}

/** Puts an authority's answer beside the checkpoint that it is about, `anchors/<size>.tsr`. `authorities`: certificates (PEM) to trust. Throws `AUDIT_TIMESTAMP_INVALID`. */
export async function storeTimestamp(
  dir: string,
  answer: Buffer,
  authorities: readonly string[] = [],
): Promise<StoredStamp> {
  const size = await stampedSize(dir, parseTimestamp(answer).info.digest)
  const trusted = authorities.flatMap(certificatesIn)
  const stamp = verifyTimestamp(answer, await digestOf(dir, size), trusted)
  if (trusted.length > 0 && !stamp.trusted)
    throw timestampInvalid(
      `an authority that one of the given certificates vouches for; it is of ${stamp.authority}`,
    )
  const path = join(dir, 'anchors', `${paddedSize(size)}.tsr`)
  await mkdir(join(dir, 'anchors'), { recursive: true })
  await replaceFile(path, answer)
  return { ...stamp, size, path }
}

/** The certificates in a PEM text. Throws `AUDIT_TIMESTAMP_INVALID`. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw timestampInvalid('certificates of authorities as PEM')
  return blocks.map((block) => new X509Certificate(block))
}

async function stampedSize(dir: string, digest: Buffer): Promise<number> {
  const { checkpoints } = await readLogFolder(dir)
  for (const size of checkpoints.toReversed())
    if (digest.equals(await digestOf(dir, size))) return size
  throw timestampInvalid('the hash of a checkpoint of this log')
}

async function digestOf(dir: string, size: number): Promise<Buffer> {
  const note = await readFile(join(dir, 'checkpoints', `${paddedSize(size)}.note`))
  return createHash('sha256').update(note).digest()
}

import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from './crc32.ts'
import { S3Fault } from './s3-fault.ts'

/** An object's bytes as they were sent, and the checksums that were sent with them. */
export interface Payload {
  readonly body: Buffer
  readonly checksums: Readonly<Record<string, string>>
}

/** Takes a request's body apart and holds it against what it is signed as. Throws as S3 answers. */
export function readPayload(raw: Buffer, headers: IncomingHttpHeaders): Payload {
  const declared = String(headers['x-amz-content-sha256'])
  const sent = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-checksum-') && name !== 'x-amz-checksum-algorithm'
        ? [[name.slice('x-amz-checksum-'.length), String(value)]]
        : [],
    ),
  )
  if (declared === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') {
    const { body, trailers } = readChunks(raw)
    return { body, checksums: { ...sent, ...trailers } }
  }
  const isSigned = /^[0-9a-f]{64}$/.test(declared)
  if (isSigned && createHash('sha256').update(raw).digest('hex') !== declared)
    throw new S3Fault(400, 'XAmzContentSHA256Mismatch')
  if (!isSigned && declared !== 'UNSIGNED-PAYLOAD') throw new S3Fault(501, 'NotImplemented')
  return { body: raw, checksums: sent }
}

/** Throws `BadDigest` where a checksum does not fit; those that are not known here are left. */
export function checkChecksums({ body, checksums }: Payload, md5: string | undefined): void {
  const { sha256, crc32: crc } = checksums
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(body).digest('base64'))
    throw new S3Fault(400, 'BadDigest', 'The SHA256 you specified did not match')
  if (crc !== undefined && crc !== crc32(body))
    throw new S3Fault(400, 'BadDigest', 'The CRC32 you specified did not match')
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw new S3Fault(400, 'BadDigest', 'The Content-MD5 you specified did not match')
}

/** `aws-chunked`: chunks with their lengths in hex, then trailing headers. */
function readChunks(raw: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = raw.indexOf('\r\n', at)
    const length = Number.parseInt(raw.toString('latin1', at, end), 16)
    if (end < 0 || Number.isNaN(length)) throw new S3Fault(400, 'IncompleteBody')
    at = end + 2
    if (length === 0) break
    chunks.push(raw.subarray(at, at + length))
    at += length + 2
  }
  const lines = raw.toString('latin1', at).split('\r\n').filter(Boolean)
  const trailers = lines.map((line) => /^x-amz-checksum-([a-z0-9]+):\s*(\S+)$/i.exec(line))
  return {
    body: Buffer.concat(chunks),
    trailers: Object.fromEntries(trailers.flatMap((hit) => (hit ? [[hit[1], hit[2]]] : []))),
  }
}

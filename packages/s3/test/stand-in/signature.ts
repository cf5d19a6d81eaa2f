import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { S3Fault } from './s3-fault.ts'

/** Whose requests are taken. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const MOST_SKEW_MS = 15 * 60_000

/** Verifies a request's signature (AWS Signature Version 4 in the header) and its time. Throws as S3 answers. */
export function checkSignature(
  request: IncomingMessage,
  { accessKeyId, secretAccessKey }: Credentials,
  now: number,
): void {
  const { authorization = '' } = request.headers
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  if (found === null) throw new S3Fault(403, 'AccessDenied')
  const [, id, day = '', region = '', signed = '', signature = ''] = found
  if (id !== accessKeyId) throw new S3Fault(403, 'InvalidAccessKeyId')
  const date = String(request.headers['x-amz-date'])
  if (Math.abs(timeOf(date) - now) > MOST_SKEW_MS) throw new S3Fault(403, 'RequestTimeTooSkewed')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, signed))].join('\n')
  const parts = [day, region, 's3', 'aws4_request']
  const key = parts.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  )
  const expected = createHmac('sha256', key).update(text).digest()
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    throw new S3Fault(403, 'SignatureDoesNotMatch')
}

function canonical(request: IncomingMessage, signed: string): string {
  const url = new URL(request.url ?? '/', 'http://s3')
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const names = signed.split(';')
  const headers = names.map((name) => `${name}:${headerOf(request, name)}\n`).join('')
  const path = (request.url ?? '/').split('?')[0] as string
  const payload = String(request.headers['x-amz-content-sha256'])
  return [request.method, path, query, headers, signed, payload].join('\n')
}

function headerOf(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '')
    .trim()
    .replace(/ +/g, ' ')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Milliseconds of `20261130T051338Z`. */
function timeOf(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return Date.parse(iso)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

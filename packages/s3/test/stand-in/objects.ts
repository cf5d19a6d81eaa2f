import type { IncomingMessage } from 'node:http'
import type { Bucket, Retention, Version } from './object-versions.ts'
import { checkChecksums, type Payload } from './payload.ts'
import { S3Fault } from './s3-fault.ts'

/** What a store does not look at, though it takes the headers; as stores that lie do. */
export interface Ignored {
  ifNoneMatch?: boolean
  ifMatch?: boolean
  checksums?: boolean
  lock?: boolean
}

/** An answer. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

/** PutObject. */
export function putObject(
  bucket: Bucket,
  key: string,
  payload: Payload,
  request: IncomingMessage,
  ignored: Ignored,
): Answer {
  const { headers } = request
  checkConditions(bucket.current(key), headers, ignored)
  if (!ignored.checksums) checkChecksums(payload, one(headers['content-md5']))
  const retention = ignored.lock ? undefined : retentionOf(headers, bucket, payload)
  const sha256 = ignored.checksums ? undefined : payload.checksums.sha256
  const kept = ['content-type', 'content-encoding'].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as const],
  )
  const version = bucket.put({
    key,
    body: payload.body,
    sha256,
    retention,
    headers: Object.fromEntries(kept),
  })
  return { status: 200, headers: { ...named(version, bucket), etag: version.etag } }
}

/** GetObject and HeadObject. */
export function getObject(bucket: Bucket, key: string, query: URLSearchParams): Answer {
  const id = query.get('versionId') ?? undefined
  const version = bucket.version(key, id)
  if (version === undefined)
    throw new S3Fault(404, id === undefined ? 'NoSuchKey' : 'NoSuchVersion')
  if (version.body === undefined) throw new S3Fault(405, 'MethodNotAllowed')
  const { body, etag, sha256, modified, retention, headers } = version
  return {
    status: 200,
    body,
    headers: {
      ...headers,
      ...named(version, bucket),
      etag,
      'last-modified': modified.toUTCString(),
      ...(sha256 !== undefined && { 'x-amz-checksum-sha256': sha256 }),
      ...(retention !== undefined && {
        'x-amz-object-lock-mode': retention.mode,
        'x-amz-object-lock-retain-until-date': retention.until.toISOString(),
      }),
    },
  }
}

/** DeleteObject: of a version, or a delete marker over all. */
export function deleteObject(
  bucket: Bucket,
  key: string,
  query: URLSearchParams,
  request: IncomingMessage,
): Answer {
  const id = query.get('versionId')
  const bypass = request.headers['x-amz-bypass-governance-retention'] === 'true'
  if (id !== null || !bucket.isVersioned) {
    bucket.remove(key, id ?? 'null', bypass)
    return { status: 204 }
  }
  const marker = bucket.mark(key)
  return {
    status: 204,
    headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.id },
  }
}

/** PutObjectRetention: a lock may be made or extended. */
export function retain(
  bucket: Bucket,
  key: string,
  query: URLSearchParams,
  { body }: Payload,
): Answer {
  const version = bucket.version(key, query.get('versionId') ?? undefined)
  const [, mode = ''] = /<Mode>(\w+)<\/Mode>/.exec(body.toString()) ?? []
  const [, date = ''] = /<RetainUntilDate>([^<]+)</.exec(body.toString()) ?? []
  const until = new Date(date)
  if (version === undefined) throw new S3Fault(404, 'NoSuchVersion')
  if (!bucket.isLocked) throw new S3Fault(400, 'InvalidRequest')
  if (version.retention !== undefined && until < version.retention.until)
    throw new S3Fault(403, 'AccessDenied')
  version.retention = { mode, until }
  return { status: 200 }
}

function checkConditions(
  current: Version | undefined,
  headers: IncomingMessage['headers'],
  ignored: Ignored,
): void {
  const { 'if-none-match': none, 'if-match': match } = headers
  if (none === '*' && current !== undefined && !ignored.ifNoneMatch)
    throw new S3Fault(412, 'PreconditionFailed')
  if (match === undefined || ignored.ifMatch) return
  if (current === undefined) throw new S3Fault(404, 'NoSuchKey')
  if (current.etag.replaceAll('"', '') !== match.replaceAll('"', ''))
    throw new S3Fault(412, 'PreconditionFailed')
}

function retentionOf(
  headers: IncomingMessage['headers'],
  bucket: Bucket,
  payload: Payload,
): Retention | undefined {
  const mode = one(headers['x-amz-object-lock-mode'])
  const date = one(headers['x-amz-object-lock-retain-until-date'])
  if (mode === undefined && date === undefined) return defaultOf(bucket)
  if (mode === undefined || date === undefined) throw new S3Fault(400, 'InvalidArgument')
  if (!bucket.isLocked)
    throw new S3Fault(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration')
  if (Object.keys(payload.checksums).length === 0 && headers['content-md5'] === undefined)
    throw new S3Fault(
      400,
      'InvalidRequest',
      'Content-MD5 or a checksum is required with Object Lock',
    )
  const until = new Date(date)
  if (!(until.getTime() > Date.now())) throw new S3Fault(400, 'InvalidArgument')
  return { mode, until }
}

function defaultOf({ retainDays }: Bucket): Retention | undefined {
  if (retainDays === undefined) return undefined
  return { mode: 'COMPLIANCE', until: new Date(Date.now() + retainDays * 86_400_000) }
}

function named(version: Version, bucket: Bucket): Record<string, string> {
  return bucket.isVersioned ? { 'x-amz-version-id': version.id } : {}
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

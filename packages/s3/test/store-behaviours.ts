import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'

/** How to reach the store that is asked. */
export interface AskedStore {
  readonly client: S3Client
  /** The same with other settings. */
  readonly other: (more: S3ClientConfig) => S3Client
  /** Names of three buckets that it makes: a plain one, one with versions, one with Object Lock. */
  readonly plain: string
  readonly versioned: string
  readonly locked: string
}

/** One question, and the answer in words. */
export type Behaviour = (store: AskedStore) => Promise<string>

/** Makes the buckets. */
export async function makeBuckets(
  client: S3Client,
  other: AskedStore['other'],
): Promise<AskedStore> {
  const id = randomBytes(4).toString('hex')
  const [plain, versioned, locked] = ['plain', 'versioned', 'locked'].map(
    (name) => `${name}-${id}`,
  ) as [string, string, string]
  await client.send(new CreateBucketCommand({ Bucket: plain }))
  await client.send(new CreateBucketCommand({ Bucket: versioned }))
  await client.send(
    new PutBucketVersioningCommand({
      Bucket: versioned,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  )
  await client.send(new CreateBucketCommand({ Bucket: locked, ObjectLockEnabledForBucket: true }))
  return { client, other, plain, versioned, locked }
}

/** What a store is asked, and what AWS answers; stores that answer otherwise are named with their tests. */
export const BEHAVIOURS: Readonly<Record<string, readonly [Behaviour, string]>> = {
  'bytes come back as they were sent': [
    async ({ client, plain: Bucket }) => {
      await client.send(new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'hello' }))
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a/1' }))
      return String(await Body?.transformToString())
    },
    'hello',
  ],
  'a stream in chunks with a trailing checksum is stored as its bytes': [
    async ({ other, plain: Bucket }) => {
      const client = other({ requestChecksumCalculation: 'WHEN_SUPPORTED' })
      const Body = Readable.from([Buffer.alloc(70_000, 97)])
      await client.send(
        new PutObjectCommand({ Bucket, Key: 'chunks', Body, ContentLength: 70_000 }),
      )
      const reply = await client.send(new GetObjectCommand({ Bucket, Key: 'chunks' }))
      return String((await reply.Body?.transformToString()) === 'a'.repeat(70_000))
    },
    'true',
  ],
  'keys of any letters round trip': [
    async ({ client, plain: Bucket }) => {
      for (const key of ['sp ace+plus%25', 'ünï/漢字/😀', 'q?x=1&y=2#f', 'quote\'"<>&']) {
        await client.send(new PutObjectCommand({ Bucket, Key: `w/${key}`, Body: key }))
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `w/${key}` }))
        if (page.Contents?.[0]?.Key !== `w/${key}`) return key
      }
      return 'all'
    },
    'all',
  ],
  'bytes that do not fit their SHA-256 are refused': [
    ({ client, plain }) =>
      put(client, {
        Bucket: plain,
        Key: 'bad',
        Body: 'x',
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha('y'),
      }),
    'BadDigest 400',
  ],
  'a SHA-256 is kept and told': [
    async ({ client, plain: Bucket }) => {
      const sums = { ChecksumAlgorithm: 'SHA256', ChecksumSHA256: sha('x') } as const
      await client.send(new PutObjectCommand({ Bucket, Key: 'sum', Body: 'x', ...sums }))
      const head = await client.send(
        new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }),
      )
      return String(head.ChecksumSHA256 === sha('x'))
    },
    'true',
  ],
  'If-None-Match: * keeps what is there, without versions': [
    ({ client, plain }) => createdTwice(client, plain),
    'PreconditionFailed 412',
  ],
  'If-None-Match: * keeps what is there, with versions': [
    ({ client, versioned }) => createdTwice(client, versioned),
    'PreconditionFailed 412',
  ],
  'If-None-Match: * keeps what is there, with Object Lock': [
    ({ client, locked }) => createdTwice(client, locked),
    'PreconditionFailed 412',
  ],
  'If-None-Match: * lets a new version over a delete marker': [
    async ({ client, versioned: Bucket }) => {
      const Key = key()
      await client.send(new PutObjectCommand({ Bucket, Key, Body: '1' }))
      await client.send(new DeleteObjectCommand({ Bucket, Key }))
      return put(client, { Bucket, Key, Body: '2', IfNoneMatch: '*' })
    },
    'ok',
  ],
  'If-Match with another ETag is refused': [
    async ({ client, plain: Bucket }) => {
      const Key = key()
      await client.send(new PutObjectCommand({ Bucket, Key, Body: '1' }))
      return put(client, { Bucket, Key, Body: '2', IfMatch: '"00000000000000000000000000000000"' })
    },
    'PreconditionFailed 412',
  ],
  'If-Match with the ETag replaces': [
    ({ client, plain }) => swapped(client, plain, (etag) => etag),
    'ok',
  ],
  'If-Match with the ETag replaces, with versions': [
    ({ client, versioned }) => swapped(client, versioned, (etag) => etag),
    'ok',
  ],
  'If-Match with the ETag without quotes replaces': [
    ({ client, plain }) => swapped(client, plain, (etag) => etag.replaceAll('"', '')),
    'ok',
  ],
  'of 16 who create one object at once one does': [
    async ({ client, plain: Bucket }) => {
      const Key = key()
      const all = Array.from({ length: 16 }, (_, n) =>
        put(client, { Bucket, Key, Body: `${n}`, IfNoneMatch: '*' }),
      )
      return String((await Promise.all(all)).filter((answer) => answer === 'ok').length)
    },
    '1',
  ],
  'versions and delete markers are listed, the newest first': [
    async ({ client, versioned: Bucket }) => {
      const Key = key()
      for (const Body of ['1', '2']) await client.send(new PutObjectCommand({ Bucket, Key, Body }))
      await client.send(new DeleteObjectCommand({ Bucket, Key }))
      const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }))
      const { Versions = [], DeleteMarkers = [] } = page
      return `${Versions.length} ${DeleteMarkers.length} ${DeleteMarkers[0]?.IsLatest}`
    },
    '2 1 true',
  ],
  'long listings come in pages': [
    async ({ client, versioned: Bucket }) => {
      for (let n = 0; n < 7; n += 1)
        await client.send(new PutObjectCommand({ Bucket, Key: `pages/${n}`, Body: '1' }))
      const first = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: 'pages/', MaxKeys: 4 }),
      )
      const next = { KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker }
      const second = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: 'pages/', ...next }),
      )
      return `${first.Versions?.length} ${first.IsTruncated} ${second.Versions?.length}`
    },
    '4 true 3',
  ],
  'what is not there is told apart from a bucket that is not': [
    async ({ client, plain: Bucket }) =>
      `${await answer(client.send(new GetObjectCommand({ Bucket, Key: 'none' })))}, ${await put(client, { Bucket: `no-${Bucket}`, Key: 'x', Body: '' })}`,
    'NoSuchKey 404, NoSuchBucket 404',
  ],
  'a wrong secret is refused': [
    async ({ other, client, plain: Bucket }) => {
      const { accessKeyId } = await client.config.credentials()
      const strange = other({ credentials: { accessKeyId, secretAccessKey: 'another' } })
      return put(strange, { Bucket, Key: 'x', Body: '' })
    },
    'SignatureDoesNotMatch 403',
  ],
  'a clock that is an hour late is refused': [
    ({ other, plain: Bucket }) =>
      put(other({ systemClockOffset: -3600_000 }), { Bucket, Key: 'x', Body: '' }),
    'RequestTimeTooSkewed 403',
  ],
}

async function createdTwice(client: S3Client, Bucket: string): Promise<string> {
  const Key = key()
  await client.send(new PutObjectCommand({ Bucket, Key, Body: '1', IfNoneMatch: '*' }))
  return put(client, { Bucket, Key, Body: '2', IfNoneMatch: '*' })
}

async function swapped(
  client: S3Client,
  Bucket: string,
  spell: (etag: string) => string,
): Promise<string> {
  const Key = key()
  const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, Body: '1' }))
  return put(client, { Bucket, Key, Body: '2', IfMatch: spell(ETag) })
}

/** Puts, and tells how it went. */
export function put(client: S3Client, request: PutObjectCommandInput): Promise<string> {
  return answer(client.send(new PutObjectCommand(request)))
}

/** `ok`, or the error's name and status. */
export async function answer(sent: Promise<unknown>): Promise<string> {
  return sent.then(
    () => 'ok',
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
      `${error.name} ${error.$metadata?.httpStatusCode}`,
  )
}

/** A key that was not there before. */
export function key(): string {
  return `key-${randomBytes(6).toString('hex')}`
}

/** SHA-256, base64. */
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { answer, type Behaviour, key, put, sha } from './store-behaviours.ts'

/** What a store with Object Lock is asked, and what AWS answers. */
export const LOCK_BEHAVIOURS: Readonly<Record<string, readonly [Behaviour, string]>> = {
  'a locked version cannot be deleted by anybody': [
    async ({ client, locked: Bucket }) => {
      const { Key, VersionId } = await lockedObject(client, Bucket, 'COMPLIANCE')
      return answer(
        client.send(
          new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }),
        ),
      )
    },
    'AccessDenied 403',
  ],
  'a governed version can be deleted with the permission alone': [
    async ({ client, locked: Bucket }) => {
      const { Key, VersionId } = await lockedObject(client, Bucket, 'GOVERNANCE')
      const plain = await answer(client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })))
      const bypass = { BypassGovernanceRetention: true }
      return `${plain}, ${await answer(client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...bypass })))}`
    },
    'AccessDenied 403, ok',
  ],
  'a locked version is below whatever is laid over it': [
    async ({ client, locked: Bucket }) => {
      const { Key, VersionId } = await lockedObject(client, Bucket, 'COMPLIANCE')
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'forged' }))
      await client.send(new DeleteObjectCommand({ Bucket, Key }))
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }))
      return String(await Body?.transformToString())
    },
    'locked',
  ],
  'a lock is told': [
    async ({ client, locked: Bucket }) => {
      const { Key, VersionId, until } = await lockedObject(client, Bucket, 'COMPLIANCE')
      const head = await client.send(new HeadObjectCommand({ Bucket, Key, VersionId }))
      return `${head.ObjectLockMode} ${head.ObjectLockRetainUntilDate?.getTime() === until.getTime()}`
    },
    'COMPLIANCE true',
  ],
  'a lock that is over already is refused': [
    ({ client, locked }) =>
      put(client, { ...locking(locked, -60_000), ObjectLockMode: 'COMPLIANCE' }),
    'InvalidArgument 400',
  ],
  'a lock in a bucket without Object Lock is refused': [
    ({ client, plain }) => put(client, { ...locking(plain, 60_000), ObjectLockMode: 'COMPLIANCE' }),
    'InvalidRequest 400',
  ],
}

async function lockedObject(
  client: S3Client,
  Bucket: string,
  mode: 'COMPLIANCE' | 'GOVERNANCE',
): Promise<{ Key: string; VersionId: string | undefined; until: Date }> {
  const request = locking(Bucket, 60_000)
  const { VersionId } = await client.send(
    new PutObjectCommand({ ...request, ObjectLockMode: mode }),
  )
  return { Key: request.Key, VersionId, until: request.ObjectLockRetainUntilDate }
}

function locking(
  Bucket: string,
  ms: number,
): PutObjectCommandInput & { Key: string; ObjectLockRetainUntilDate: Date } {
  const until = new Date(Math.ceil((Date.now() + ms) / 1000) * 1000)
  const sums = { ChecksumAlgorithm: 'SHA256', ChecksumSHA256: sha('locked') } as const
  return { Bucket, Key: key(), Body: 'locked', ObjectLockRetainUntilDate: until, ...sums }
}

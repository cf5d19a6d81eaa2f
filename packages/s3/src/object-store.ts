import type { S3Client } from '@aws-sdk/client-s3'
import { type AttemptPolicy, persist } from './attempts.ts'
import { S3Error } from './errors.ts'
import type { ConnectOptions } from './options.ts'
import { type Place, s3Url } from './place.ts'
import { fateOf } from './request-fate.ts'
import {
  headOf,
  type ListedVersion,
  type ObjectHead,
  type ObjectLock,
  type PutRequest,
  type StoredObject,
} from './stored-object.ts'

type Sdk = typeof import('@aws-sdk/client-s3')

/** The objects of one place, by keys below its prefix. Reading is tried again; writing is left to those who know what a repetition means. */
export class ObjectStore {
  readonly place: Place
  readonly policy: AttemptPolicy
  readonly #sdk: Sdk
  readonly #client: S3Client
  readonly #isOwn: boolean

  constructor(place: Place, policy: AttemptPolicy, sdk: Sdk, client: S3Client, isOwn: boolean) {
    this.place = place
    this.policy = policy
    this.#sdk = sdk
    this.#client = client
    this.#isOwn = isOwn
  }

  /** The same store below a further prefix; closed with this one. */
  below(path: string): ObjectStore {
    const place = { ...this.place, prefix: `${this.place.prefix}${path}/` }
    return new ObjectStore(place, this.policy, this.#sdk, this.#client, false)
  }

  /** A key as people name it. */
  url(key: string): string {
    return `${s3Url(this.place)}/${key}`
  }

  /** Puts once, and throws the SDK's errors. */
  async put({ key, body, sha256, type, lock, onlyIf }: PutRequest): Promise<ObjectHead> {
    const reply = await this.#client.send(
      new this.#sdk.PutObjectCommand({
        ...this.#named(key),
        Body: body,
        ContentType: type,
        // Both: some stores look at the sum only where the algorithm is named beside it.
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha256,
        ...(lock && { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: lock.until }),
        ...(onlyIf === 'new' && { IfNoneMatch: '*' }),
        ...(typeof onlyIf === 'object' && { IfMatch: onlyIf.etag }),
      }),
      this.#abort(),
    )
    const { ETag = '', VersionId, ChecksumSHA256 } = reply
    return { etag: ETag, version: VersionId, sha256: ChecksumSHA256, lock: undefined }
  }

  /** Locks a version that is there, or extends its lock. */
  async retain(key: string, version: string | undefined, lock: ObjectLock): Promise<void> {
    const command = new this.#sdk.PutObjectRetentionCommand({
      ...this.#named(key),
      VersionId: version,
      Retention: { Mode: lock.mode, RetainUntilDate: lock.until },
    })
    await persist(`Locking ${this.url(key)}`, this.policy, () =>
      this.#client.send(command, this.#abort()),
    )
  }

  /** An object with its bytes; undefined where there is none. */
  get(key: string, version?: string): Promise<StoredObject | undefined> {
    return this.#read(`Getting ${this.url(key)}`, async () => {
      const command = new this.#sdk.GetObjectCommand({
        ...this.#named(key),
        VersionId: version,
        ChecksumMode: 'ENABLED',
      })
      const reply = await this.#client.send(command, this.#abort())
      const body = Buffer.from((await reply.Body?.transformToByteArray()) ?? [])
      return { ...headOf(reply), body }
    })
  }

  /** What the store says about an object; undefined where there is none. */
  head(key: string, version?: string): Promise<ObjectHead | undefined> {
    return this.#read(`Looking at ${this.url(key)}`, async () => {
      const command = new this.#sdk.HeadObjectCommand({
        ...this.#named(key),
        VersionId: version,
        ChecksumMode: 'ENABLED',
      })
      return headOf(await this.#client.send(command, this.#abort()))
    })
  }

  /** Keys below the prefix that begin so, behind one of them. */
  async keys(begin: string, after: string): Promise<string[]> {
    const { bucket, prefix } = this.place
    const keys: string[] = []
    let token: string | undefined
    do {
      const command = new this.#sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${prefix}${begin}`,
        StartAfter: `${prefix}${after}`,
        ...(token !== undefined && { ContinuationToken: token }),
      })
      const page = await persist(`Listing ${s3Url(this.place)}`, this.policy, () =>
        this.#client.send(command, this.#abort()),
      )
      for (const { Key = '' } of page.Contents ?? []) keys.push(Key.slice(prefix.length))
      token = this.#goesOn(token, page.NextContinuationToken)
    } while (token !== undefined)
    return keys
  }

  /** All versions of all objects below the prefix, by key. */
  async *versions(): AsyncGenerator<ListedVersion> {
    const { bucket, prefix } = this.place
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}
    for (;;) {
      const command = new this.#sdk.ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        ...marker,
      })
      const page = await persist(`Listing ${s3Url(this.place)}`, this.policy, () =>
        this.#client.send(command, this.#abort()),
      )
      const listed = [
        ...(page.Versions ?? []).map((found) => this.#listed(found, false)),
        ...(page.DeleteMarkers ?? []).map((found) => this.#listed(found, true)),
      ]
      yield* listed
      if (!page.IsTruncated) return
      const { NextKeyMarker: KeyMarker = '', NextVersionIdMarker: VersionIdMarker } = page
      this.#goesOn(
        `${marker.KeyMarker ?? ''} ${marker.VersionIdMarker ?? ''}`,
        `${KeyMarker} ${VersionIdMarker ?? ''}`,
      )
      marker = { KeyMarker, VersionIdMarker }
    }
  }

  /** Lets go of the connections. */
  close(): void {
    if (this.#isOwn) this.#client.destroy()
  }

  /** Where the next page begins; a store that would begin at the same again never ends. */
  #goesOn(before: string | undefined, next: string | undefined): string | undefined {
    if (next === undefined || next !== before) return next
    const what = `Listing ${s3Url(this.place)}: the store gives the same page again and again`
    throw new S3Error('S3_REFUSED', what)
  }

  async #read<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
    return persist(what, this.policy, async () => {
      try {
        return await task()
      } catch (error) {
        if (fateOf(error) === 'missing') return undefined
        throw error
      }
    })
  }

  #named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${key}` }
  }

  #abort(): { abortSignal?: AbortSignal } {
    const { signal } = this.policy
    return signal === undefined ? {} : { abortSignal: signal }
  }

  #listed(
    found: {
      Key?: string | undefined
      VersionId?: string | undefined
      ETag?: string | undefined
      Size?: number | undefined
      LastModified?: Date | undefined
      IsLatest?: boolean | undefined
    },
    isMarker: boolean,
  ): ListedVersion {
    return {
      key: (found.Key ?? '').slice(this.place.prefix.length),
      version: found.VersionId ?? 'null',
      isMarker,
      etag: found.ETag ?? '',
      size: found.Size ?? 0,
      modified: found.LastModified ?? new Date(0),
      isNewest: found.IsLatest === true,
    }
  }
}

/** Connects to a place; nothing is sent yet. Throws `S3_SDK_MISSING`. */
export async function connect(
  place: Place,
  options: ConnectOptions,
  signal?: AbortSignal,
): Promise<ObjectStore> {
  const { attempts = 8, backoff = 250 } = options
  const sdk = await loadSdk()
  const client = options.client ?? makeClient(sdk, options)
  return new ObjectStore(
    place,
    { attempts, backoff, signal },
    sdk,
    client,
    options.client === undefined,
  )
}

async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (cause) {
    throw new S3Error(
      'S3_SDK_MISSING',
      'Expected @aws-sdk/client-s3 to be installed beside this package; do: npm install @aws-sdk/client-s3',
      { cause },
    )
  }
}

function makeClient(sdk: Sdk, options: ConnectOptions): S3Client {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION } = process.env
  const { endpoint, region, timeout = 30_000 } = options
  const isElsewhere = Boolean(endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL)
  const named = region ?? AWS_REGION ?? (isElsewhere ? 'us-east-1' : undefined)
  return new sdk.S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(named !== undefined && { region: named }),
    forcePathStyle: options.forcePathStyle ?? isElsewhere,
    // Its own attempts would turn a stored object with a lost reply into an error.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(timeout, 10_000),
      requestTimeout: timeout,
      throwOnRequestTimeout: true,
    },
  })
}

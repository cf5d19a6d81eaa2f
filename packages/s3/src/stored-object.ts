/** Until when an object may not be deleted. */
export interface ObjectLock {
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE'
  readonly until: Date
}

/** What a store says about an object. */
export interface ObjectHead {
  readonly etag: string
  readonly version: string | undefined
  /** SHA-256 in base64, where the store keeps it. */
  readonly sha256: string | undefined
  readonly lock: ObjectLock | undefined
}

/** An object. */
export interface StoredObject extends ObjectHead {
  readonly body: Buffer
}

/** What to put, and when. */
export interface PutRequest {
  readonly key: string
  readonly body: Buffer
  /** Base64. */
  readonly sha256: string
  readonly type: string
  readonly lock?: ObjectLock | undefined
  /** `new`: only where nothing is there; an ETag: only where that is there; undefined: in any case. */
  readonly onlyIf?: 'new' | { readonly etag: string } | undefined
}

/** One version of an object, or a delete marker, in a listing. */
export interface ListedVersion {
  readonly key: string
  readonly version: string
  readonly isMarker: boolean
  readonly etag: string
  readonly size: number
  readonly modified: Date
  readonly isNewest: boolean
}

/** What a reply of the SDK says about an object. */
export function headOf(reply: {
  ETag?: string | undefined
  VersionId?: string | undefined
  ChecksumSHA256?: string | undefined
  ObjectLockMode?: string | undefined
  ObjectLockRetainUntilDate?: Date | undefined
}): ObjectHead {
  const { ETag = '', VersionId, ChecksumSHA256, ObjectLockMode, ObjectLockRetainUntilDate } = reply
  const isLocked = ObjectLockMode !== undefined && ObjectLockRetainUntilDate !== undefined
  const lock = isLocked
    ? { mode: ObjectLockMode as ObjectLock['mode'], until: ObjectLockRetainUntilDate }
    : undefined
  return { etag: ETag, version: VersionId, sha256: ChecksumSHA256, lock }
}

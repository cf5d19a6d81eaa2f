import { S3Error } from './errors.ts'
import { kindOf, type LogObjectKind } from './object-keys.ts'
import type { ObjectStore } from './object-store.ts'
import { s3Url } from './place.ts'
import type { StoreFindings } from './store-findings.ts'
import type { ListedVersion } from './stored-object.ts'

/** Which version of an object counts. */
export interface ChosenObject {
  readonly key: string
  readonly kind: LogObjectKind
  readonly version: string | undefined
  readonly size: number
  /** SHA-256 (base64) that a receipt says it has. */
  readonly sha256: string | undefined
}

/** What is known from receipts: the version and SHA-256 of each object, by key. */
export type Pins = ReadonlyMap<string, { readonly version: string | null; readonly sha256: string }>

/** The objects of one log, and which logs are below it. */
export interface LogListing {
  readonly objects: readonly ChosenObject[]
  readonly streams: readonly string[]
  readonly versions: number
}

/** As the audit log has them; whoever may write to the bucket chooses keys, and these become folders. */
const STREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * Lists a log's objects and chooses the version of each that counts: the pinned one, else the oldest, which nobody can lay anything over; of the
 * head the newest. Delete markers and later versions with other bytes are findings. Throws `S3_LOG_NOT_FOUND`.
 */
export async function listLog(
  store: ObjectStore,
  pins: Pins | undefined,
  findings: StoreFindings,
): Promise<LogListing> {
  const byKey = new Map<string, ListedVersion[]>()
  const streams = new Set<string>()
  let count = 0
  for await (const listed of store.versions()) {
    const stream = /^streams\/([^/]+)\//.exec(listed.key)?.[1]
    if (stream !== undefined && STREAM_NAME.test(stream)) streams.add(stream)
    if (kindOf(listed.key) === undefined) continue
    count += 1
    const known = byKey.get(listed.key)
    // The head has as many as there were swaps.
    if (known === undefined) byKey.set(listed.key, [listed])
    else known.push(listed)
  }
  if (byKey.size === 0)
    throw new S3Error('S3_LOG_NOT_FOUND', `There is no audit log at ${s3Url(store.place)}`)
  const objects = [...byKey].flatMap(([key, versions]) => choose(key, versions, pins, findings))
  for (const key of pins?.keys() ?? [])
    if (!byKey.has(key) && kindOf(key) !== undefined)
      findings.failure(
        'DELETED',
        key,
        'was shipped, as the receipts say, and is not there any more',
      )
  return { objects, streams: [...streams].sort(), versions: count }
}

function choose(
  key: string,
  listed: readonly ListedVersion[],
  pins: Pins | undefined,
  findings: StoreFindings,
): ChosenObject[] {
  const kind = kindOf(key) as LogObjectKind
  // The oldest first; a store lists the newest first, which settles versions of one second.
  const versions = listed.toReversed().sort((a, b) => a.modified.getTime() - b.modified.getTime())
  const real = versions.filter(({ isMarker }) => !isMarker)
  if (versions.some(({ isMarker }) => isMarker)) marked(key, versions, findings)
  const pin = kind.kind === 'head' ? undefined : pins?.get(key)
  const newest = kind.kind === 'head' ? real.at(-1) : real[0]
  const chosen = pin?.version == null ? newest : real.find(({ version }) => version === pin.version)
  if (pin?.version != null && chosen === undefined)
    findings.failure('DELETED', key, `the version ${pin.version}, which was shipped, is not there`)
  const used = chosen ?? newest
  if (used === undefined) return []
  if (kind.kind !== 'head') overlaid(key, used, real, findings)
  const version = used.version === 'null' ? undefined : used.version
  return [{ key, kind, version, size: used.size, sha256: pin?.sha256 }]
}

function marked(key: string, versions: readonly ListedVersion[], findings: StoreFindings): void {
  const marker = versions.findLast(({ isMarker }) => isMarker) as ListedVersion
  const isGone = versions.at(-1)?.isMarker === true
  const now = isGone ? 'whoever reads it sees nothing' : 'it was put again later'
  findings.failure(
    'DELETED',
    key,
    `a delete marker (version ${marker.version}) was laid over it at ${marker.modified.toISOString()}; ${now}`,
  )
}

/** What was laid over the version that counts; equal bytes are what a store that does not honour conditions makes of a repetition. */
function overlaid(
  key: string,
  used: ListedVersion,
  real: readonly ListedVersion[],
  findings: StoreFindings,
): void {
  for (const other of real) {
    if (other === used) continue
    const when = `version ${other.version} of ${other.modified.toISOString()}`
    if (other.etag === used.etag && other.size === used.size)
      findings.note('OVERLAID', key, `${when} has the same bytes as the one that counts`)
    else findings.failure('OVERLAID', key, `${when} has other bytes than the one that counts`)
  }
}

import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { AuditError } from '@recount/audit'
import { S3Error } from './errors.ts'
import { logParts } from './log-parts.ts'
import { connect, type ObjectStore } from './object-store.ts'
import { type ConnectOptions, checkConnection, isText, required } from './options.ts'
import { GZIP_TYPE, packLines } from './packed-lines.ts'
import { parseS3Url, s3Url } from './place.ts'
import { checkKeeping, type StoreAbilities } from './probe.ts'
import { sha256 } from './sha256.ts'
import { holdsSame } from './staged-step.ts'
import { writeOnce } from './write-once.ts'

/** Which finished log files go where. */
export interface ShipLogsOptions extends ConnectOptions {
  /** `s3://bucket/prefix`; below it everything is `KIND/dt=YYYY-MM-DD/….jsonl.gz`. */
  readonly url: string
  /** Paths of files that nobody writes to any more; `.gz` too. */
  readonly files: readonly string[]
  /** `logs`, or `content`: then the place must not lock what is put there. Default `logs`. */
  readonly kind?: 'logs' | 'content'
  /** Bytes in one object, before compression. Default 64 MiB. */
  readonly objectBytes?: number
}

/** What was shipped. */
export interface ShippedLogs {
  readonly files: number
  readonly lines: number
  /** Objects that are in the store now, and how many of them were there before. */
  readonly objects: number
  readonly present: number
  /** Files that could not be read to their end, or have something else in their place; all others are shipped. */
  readonly failed: readonly FailedFile[]
}

/** A file that was not shipped, or not all of it. */
export interface FailedFile {
  readonly file: string
  readonly message: string
}

const OBJECT_BYTES = 64 * 1024 * 1024
/** Never removed: who ships logs may not be allowed to delete. */
const PROBE_KEY = 'probe/kept'
/** What says that a place is that of an audit log. */
const IDENTITY_KEY = 'log.json'
/** Names come from the content, so nothing can be replaced by something else: what is there is looked for first, compared, and not sent again. */
const LOOKS_FIRST: StoreAbilities = {
  conditionalCreate: false,
  conditionalSwap: false,
  checksums: true,
  lock: null,
  versions: false,
  etags: 'quoted',
}

/**
 * Ships finished JSON Lines files, divided by day. The same lines of the same file are there once, however often they are shipped. Throws
 * `S3_OPTION_INVALID`, `S3_LOCK_UNWANTED`, `S3_LOG_MISMATCH`, `S3_STORE_WEAK`, `S3_SDK_MISSING`, `S3_REFUSED`, `S3_UNREACHABLE`.
 */
export async function shipLogs(options: ShipLogsOptions): Promise<ShippedLogs> {
  checkConnection(options)
  required('url', options.url, 'a place such as s3://bucket/prefix', isText)
  const { files, kind = 'logs', objectBytes = OBJECT_BYTES } = options
  const store = await connect(parseS3Url(options.url), options)
  const sum = { files: 0, lines: 0, objects: 0, present: 0 }
  const failed: FailedFile[] = []
  try {
    await checkPlace(store, kind, files.length)
    for (const file of files) {
      try {
        for await (const part of logParts(file, objectBytes)) {
          const key = `${kind}/dt=${part.day}/${nameOf(file)}-${hash('sha256', part.bytes, 'hex').slice(0, 16)}.jsonl.gz`
          sum.present += (await shipPart(store, key, part.bytes)) ? 1 : 0
          sum.objects += 1
          sum.lines += part.lines
        }
        sum.files += 1
      } catch (error) {
        if (!isOfFile(error)) throw error
        failed.push({ file, message: (error as Error).message })
      }
    }
    return { ...sum, failed }
  } finally {
    store.close()
  }
}

/** A place for content is looked at also while there is none: what it does is known before it is needed. */
async function checkPlace(store: ObjectStore, kind: string, files: number): Promise<void> {
  const isContent = kind === 'content'
  if (!isContent && files === 0) return
  await checkNoAuditLog(store)
  await checkKeeping(store, PROBE_KEY, isContent ? 'anew' : undefined)
  if (isContent) await checkErasable(store)
}

async function checkNoAuditLog(store: ObjectStore): Promise<void> {
  const { body } = (await store.get(IDENTITY_KEY)) ?? {}
  if (body === undefined || !namesLog(body)) return
  throw new S3Error(
    'S3_LOG_MISMATCH',
    `${s3Url(store.place)} is the place of an audit log alone; ship other files to one of their own`,
  )
}

function namesLog(body: Buffer): boolean {
  try {
    return typeof (JSON.parse(body.toString()) as { origin?: unknown } | null)?.origin === 'string'
  } catch {
    return false
  }
}

/** Whether an error concerns one file, and the next may go well. */
function isOfFile(error: unknown): boolean {
  if (error instanceof S3Error) return error.code === 'S3_DAMAGED'
  return typeof (error as { code?: unknown }).code === 'string'
}

/** Whether it was there before; then it is the same. */
async function shipPart(store: ObjectStore, key: string, bytes: Buffer): Promise<boolean> {
  const body = await packLines(bytes)
  const isSame = (there: Buffer): Promise<boolean> => holdsSame(there, body)
  const object = { key, body, sha256: sha256(body), type: GZIP_TYPE, isSame }
  const { wasThere } = await writeOnce(store, LOOKS_FIRST, object).catch((error: Error) => {
    if (error instanceof AuditError) throw otherThere(store, key)
    throw error
  })
  return wasThere
}

function otherThere(store: ObjectStore, key: string): S3Error {
  return new S3Error(
    'S3_DAMAGED',
    `${store.url(key)} is there and does not have the lines that its name stands for; look at it, and remove it to ship them again`,
  )
}

/** Content has to be deletable when somebody asks for it, so a bucket that locks by default is no place for it. */
async function checkErasable(store: ObjectStore): Promise<void> {
  const { lock } = (await store.head(PROBE_KEY)) ?? {}
  if (lock === undefined || lock.until.getTime() <= Date.now()) return
  throw new S3Error(
    'S3_LOCK_UNWANTED',
    `${s3Url(store.place)} locks what is put there, so content could not be deleted when it has to be; use a bucket without a default retention`,
  )
}

/** A file's name without its endings, as keys may have it. */
function nameOf(file: string): string {
  return basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.jsonl$/, '')
    .replace(/[^A-Za-z0-9._-]/g, '_')
}

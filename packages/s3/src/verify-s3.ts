import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type AuditReport, type VerifyAuditOptions, verifyAudit } from '@recount/audit'
import { S3Error } from './errors.ts'
import { type FetchedLog, fetchLog } from './fetch-log.ts'
import { LockCount, type LockState } from './lock-state.ts'
import { connect, type ObjectStore } from './object-store.ts'
import type { Pins } from './object-versions.ts'
import { type ConnectOptions, checkConnection, isText, required } from './options.ts'
import { parseS3Url } from './place.ts'
import { type StoreFinding, StoreFindings } from './store-findings.ts'
import { readIfThere } from './whole-file.ts'

/** What to verify in a store, and whom to trust. */
export interface VerifyS3Options
  extends ConnectOptions,
    Omit<VerifyAuditOptions, 'dir' | 'content' | 'onProgress'> {
  /** `s3://bucket/prefix` of the log. */
  readonly url: string
  /** A file of receipts (`receipts.jsonl` of the shipper, with its `streams/` beside it): exactly these versions count. Default: the oldest ones. */
  readonly receipts?: string
  /** Whether objects that can be deleted are failures. Default false. */
  readonly requireLock?: boolean
  /** Where the log is put for the time of the verification; it takes as much space as the log. Default: the system's folder for such things. */
  readonly workFolder?: string
  /** Told how many bytes more were fetched. */
  readonly onFetched?: (bytes: number) => void
}

/** What is known about a log in a store. */
export interface S3AuditReport extends Omit<AuditReport, 'findings'> {
  readonly findings: readonly (AuditReport['findings'][number] | StoreFinding)[]
  readonly store: StoreReport
}

/** What is known about the objects. */
export interface StoreReport {
  readonly url: string
  readonly objects: number
  /** Versions and delete markers of them. */
  readonly versions: number
  readonly locks: LockState
  /** Whether the store itself remembers the log: its newest checkpoint cannot be deleted by anybody until then (ISO 8601); null where it can. */
  readonly remembered_until: string | null
}

/**
 * Verifies a log as it lies in a store: the pinned or oldest version of each object, whatever was laid over it. Whatever is wrong is in the report;
 * throws where it cannot be read (`S3_LOG_NOT_FOUND`, `S3_OPTION_INVALID`, `S3_REFUSED`, `S3_UNREACHABLE`, `S3_SDK_MISSING`, or what `verifyAudit` throws).
 */
export async function verifyS3(options: VerifyS3Options): Promise<S3AuditReport> {
  checkConnection(options)
  required('url', options.url, 'a place such as s3://bucket/prefix', isText)
  const dir = await mkdtemp(join(options.workFolder ?? tmpdir(), 'recount-verify-'))
  try {
    return await fetchAndVerify(options, dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Fetches a log into a folder that is there and empty, and verifies it. */
export async function fetchAndVerify(
  options: VerifyS3Options,
  dir: string,
): Promise<S3AuditReport> {
  const store = await connect(parseS3Url(options.url), options)
  const findings = new StoreFindings()
  const locks = new LockCount()
  try {
    const fetched = await fetchAll(store, dir, options, findings, locks)
    return report(options, await verifyFetched(options, dir), fetched, findings, locks)
  } finally {
    store.close()
  }
}

/** The log and the streams below it. */
async function fetchAll(
  store: ObjectStore,
  dir: string,
  { receipts, requireLock = false, onFetched = () => {} }: VerifyS3Options,
  findings: StoreFindings,
  locks: LockCount,
): Promise<FetchedLog> {
  const shared = { findings, locks, requireLock, onBytes: onFetched }
  const pins = receipts === undefined ? undefined : pinsIn(await readFile(receipts), receipts)
  const main = await fetchLog(store, dir, { ...shared, pins })
  let { objects, versions } = main
  for (const name of main.streams) {
    const below = `streams/${name}`
    findings.under(`${below}/`)
    await mkdir(join(dir, below), { recursive: true })
    const path = join(dirname(receipts ?? ''), below, 'receipts.jsonl')
    const pinned = receipts === undefined ? undefined : await readIfThere(path)
    const stream = await fetchLog(store.below(below), join(dir, below), {
      ...shared,
      pins: pinned && pinsIn(pinned, path),
    })
    objects += stream.objects
    versions += stream.versions
  }
  return { ...main, objects, versions }
}

function verifyFetched(options: VerifyS3Options, dir: string): Promise<AuditReport> {
  const { publicKey, anchor, incremental, witnesses, timestampAuthorities } = options
  return verifyAudit({
    dir,
    // What was encrypted stays where it can be erased.
    content: false,
    ...(publicKey !== undefined && { publicKey }),
    ...(anchor !== undefined && { anchor }),
    ...(incremental !== undefined && { incremental }),
    ...(witnesses !== undefined && { witnesses }),
    ...(timestampAuthorities !== undefined && { timestampAuthorities }),
  })
}

function report(
  { url }: VerifyS3Options,
  audit: AuditReport,
  { objects, versions, newest }: FetchedLog,
  findings: StoreFindings,
  locks: LockCount,
): S3AuditReport {
  const failures = findings.count('failure')
  const lock = newest?.object.lock
  const isRemembered =
    lock?.mode === 'COMPLIANCE' && lock.until.getTime() > Date.now() && newest?.size === audit.size
  const isAnchored = audit.result === 'unanchored' && isRemembered
  return {
    ...audit,
    result: failures > 0 ? 'tampered' : isAnchored ? 'intact' : audit.result,
    anchored_to: isRemembered
      ? Math.max(audit.anchored_to ?? 0, newest?.size ?? 0)
      : audit.anchored_to,
    findings: [...audit.findings, ...findings.list()],
    claims: {
      ...audit.claims,
      failures: audit.claims.failures + failures,
      notes: audit.claims.notes + findings.count('note'),
    },
    store: {
      url,
      objects,
      versions,
      locks: locks.state(),
      remembered_until: isRemembered ? (lock?.until.toISOString() ?? null) : null,
    },
  }
}

/** The first receipt of each object: later ones are of repetitions. */
function pinsIn(receipts: Buffer, path: string): Pins {
  const pins = new Map<string, { version: string | null; sha256: string }>()
  for (const line of receipts.toString().split('\n')) {
    if (line === '') continue
    const { key, version, sha256 } = parseReceipt(line, path)
    if (!pins.has(key)) pins.set(key, { version, sha256 })
  }
  return pins
}

function parseReceipt(
  line: string,
  path: string,
): { key: string; version: string | null; sha256: string } {
  try {
    const receipt = JSON.parse(line)
    if (typeof receipt.key === 'string' && typeof receipt.sha256 === 'string') return receipt
  } catch {}
  throw new S3Error(
    'S3_OPTION_INVALID',
    `Expected ${path} to have receipts, one a line, found ${line.slice(0, 80)}`,
  )
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ConsistencyProof, isConsistent, parseConsistency } from '../consistency-proof.ts'
import type { ListedFile } from '../export/bundle-file.ts'
import {
  type BundledLog,
  type BundleManifest,
  GROWTH,
  LOG_PATH,
  MANIFEST,
  manifestText,
  RECEIPT,
} from '../export/bundle-manifest.ts'
import { parseTlogProof, verifyTlogProof } from '../tlog-proof.ts'
import { Findings } from './findings.ts'
import type { LogOutcome } from './log-task.ts'
import type { BundleReport } from './report.ts'
import { readSmall, readSmallFile } from './small-file.ts'
import type { Verified } from './verified.ts'

/** A bundle, as far as its manifest can be read. */
export interface Bundle {
  readonly dir: string
  /** The folder of the log itself. */
  readonly log: string
  readonly bytes: Buffer
  /** Undefined where the manifest is none. */
  readonly manifest: BundleManifest | undefined
  readonly said: BundleReport | undefined
}

/** More than the manifest of any log: a file an entry would be too many. */
const MOST_MANIFEST_BYTES = 1 << 26

/** A receipt has proofs of changed keys, too. */
const MOST_RECEIPT_BYTES = 1 << 20

/** The bundle in a folder; undefined where it is none. */
export async function readBundle(dir: string): Promise<Bundle | undefined> {
  const found = await lstat(join(dir, MANIFEST)).catch(() => undefined)
  const log = join(dir, LOG_PATH)
  const hasLog = await stat(log).then(
    (info) => info.isDirectory(),
    () => false,
  )
  if (found === undefined || !hasLog) return undefined
  const isFile = found.isFile() && found.size <= MOST_MANIFEST_BYTES
  const bytes = isFile ? await readFile(join(dir, MANIFEST)) : Buffer.alloc(0)
  const manifest = parseManifest(bytes)
  return { dir, log, bytes, manifest, said: manifest && saidIn(manifest) }
}

/** Holds a bundle's files, counts, proofs and receipt against its manifest and its logs, the log itself first. */
export async function checkBundle(bundle: Bundle, logs: readonly Verified[]): Promise<void> {
  const { manifest } = bundle
  const findings = logs[0]?.findings ?? new Findings()
  if (manifest === undefined) {
    findings.failure('MODIFIED', null, 'manifest.json is no manifest of a bundle')
    return
  }
  await checkFiles(bundle.dir, manifest.files, findings)
  checkLogs(manifest, logs, findings)
  checkGrowth(bundle.dir, manifest, findings)
  checkReceipt(bundle, manifest, logs[0]?.outcome, findings)
}

function parseManifest(bytes: Buffer): BundleManifest | undefined {
  try {
    const manifest = JSON.parse(bytes.toString()) as BundleManifest
    const { v, kind, logs, files } = manifest
    if (v !== 1 || kind !== 'recount-audit-bundle') return undefined
    if (!Array.isArray(logs) || !Array.isArray(files)) return undefined
    return manifestText(manifest) === bytes.toString() && isWhole(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}

function isWhole(manifest: BundleManifest): boolean {
  const { disclosed, withheld, expired, previous, logs, files, filter } = manifest
  const isHead = (head: { readonly size: number; readonly root: string }): boolean =>
    isCount(head.size) && typeof head.root === 'string'
  return (
    [disclosed, withheld, expired].every(isCount) &&
    (previous === null || isHead(previous)) &&
    logs.every((log) => isHead(log) && typeof log.origin === 'string') &&
    files.every(({ path, sha256 }) => typeof path === 'string' && typeof sha256 === 'string') &&
    typeof filter === 'object' &&
    filter !== null
  )
}

function isCount(count: unknown): boolean {
  return Number.isSafeInteger(count) && (count as number) >= 0
}

function saidIn(manifest: BundleManifest): BundleReport {
  const { made, by, filter, disclosed, withheld, expired } = manifest
  return { made: String(made), by: String(by), filter, disclosed, withheld, expired }
}

/** Every listed file is what it was; nothing else is there. */
async function checkFiles(
  dir: string,
  files: readonly ListedFile[],
  findings: Findings,
): Promise<void> {
  const found = new Set(await filesIn(dir, ''))
  for (const { path, sha256 } of files) {
    if (!found.delete(path)) findings.failure('TRUNCATED', null, `the file ${path} is missing`)
    else if ((await digestOf(join(dir, path))) !== sha256)
      findings.failure('MODIFIED', null, `the file ${path} is not the one that the manifest lists`)
  }
  for (const path of [MANIFEST, ...Object.values(RECEIPT)])
    if (found.delete(path) && !(await lstat(join(dir, path))).isFile())
      findings.failure('MODIFIED', null, `${path} is no regular file`)
  for (const path of found) findings.failure('MODIFIED', null, `${path} is not in the manifest`)
}

/** What is neither a file nor a folder, such as a link, is named and not followed; a folder with nothing in it is named too. */
async function filesIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true })
  if (entries.length === 0) return [`${folder}/`]
  const found = await Promise.all(
    entries.map((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? filesIn(dir, path) : [path]
    }),
  )
  return found.flat()
}

async function digestOf(path: string): Promise<string | undefined> {
  if (!(await lstat(path)).isFile()) return undefined
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function checkLogs(manifest: BundleManifest, logs: readonly Verified[], findings: Findings): void {
  for (const said of manifest.logs) {
    const outcome = logs.find(({ origin }) => origin === said.origin)?.outcome
    if (outcome === undefined || !isThat(said, outcome))
      findings.failure(
        'MODIFIED',
        null,
        `the log ${said.origin} is not of the size and root that the manifest says`,
      )
  }
  const sum = (count: (outcome: LogOutcome) => number): number =>
    logs.reduce((total, { outcome }) => total + count(outcome), 0)
  const entries = sum((outcome) => outcome.entries)
  const withheld = sum(({ claims }) => claims.withheld)
  const expired = sum(({ claims }) => claims.expired)
  const disclosed = entries - withheld - expired
  const isCounted =
    manifest.disclosed === disclosed &&
    manifest.withheld === withheld &&
    manifest.expired === expired &&
    manifest.logs.length === logs.length &&
    new Set(manifest.logs.map(({ origin }) => origin)).size === logs.length &&
    manifest.logs[0]?.origin === logs[0]?.origin
  if (!isCounted)
    findings.failure('MODIFIED', null, 'the manifest counts other entries than there are')
}

function isThat({ size, root }: BundledLog, { entries, newest }: LogOutcome): boolean {
  return size === entries && newest?.size === size && newest.root.toString('base64') === root
}

/** The proof that the log only grew since the export before. */
function checkGrowth(
  dir: string,
  { previous, logs: [log] }: BundleManifest,
  findings: Findings,
): void {
  if (previous === null || log === undefined) return
  const proof = consistencyIn(join(dir, GROWTH))
  const from = headOf(previous)
  if (proof === undefined || !isConsistent(proof, from, headOf(log)))
    findings.failure(
      'FORK',
      previous.size - 1,
      `${GROWTH} does not prove that the log continues the export before`,
    )
}

/** The log's own word for the bundle: an entry with the manifest's hash, signed by a key that counts, in a log that goes on from this one. */
function checkReceipt(
  { dir, bytes }: Bundle,
  { logs: [log] }: BundleManifest,
  outcome: LogOutcome | undefined,
  findings: Findings,
): void {
  const why = receiptFault(dir, bytes, log, outcome)
  if (why !== undefined) findings.failure('SIGNATURE', null, `${RECEIPT.entry} ${why}`)
}

function receiptFault(
  dir: string,
  manifest: Buffer,
  log: BundledLog | undefined,
  outcome: LogOutcome | undefined,
): string | undefined {
  try {
    const { bytes: text, fault: unread } = readSmall(join(dir, RECEIPT.entry), MOST_RECEIPT_BYTES)
    if (unread !== undefined) return unread
    if (text === undefined) return 'is missing: nothing vouches for this bundle'
    // Who signs for the bundle signed its log too: changed keys are told by the log itself.
    const proof = { ...parseTlogProof(text.toString()), handovers: [] }
    const line = proof.extra ?? Buffer.alloc(0)
    const fault = verifyTlogProof(proof, line, outcome?.signers ?? [])
    if (fault === 'signature') return 'is not signed by a key of the log'
    if (fault !== null) return 'is not in the tree that was signed'
    const { action, sys } = JSON.parse(line.toString()) as { action?: unknown; sys?: unknown }
    const said = (sys ?? {}) as { manifest?: unknown; size?: unknown; root?: unknown }
    if (action !== 'audit.export' || said.manifest !== sha256(manifest))
      return 'is about another manifest'
    if (log === undefined || said.size !== log.size || said.root !== log.root)
      return 'is about another state of the log'
    const growth = consistencyIn(join(dir, RECEIPT.growth))
    const isGrown = growth !== undefined && isConsistent(growth, headOf(log), proof.checkpoint)
    return isGrown ? undefined : 'is of a log that does not go on from this one'
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`
  }
}

function consistencyIn(path: string): ConsistencyProof | undefined {
  try {
    const text = readSmallFile(path)
    return text === undefined ? undefined : parseConsistency(text.toString())
  } catch {
    return undefined
  }
}

function headOf({ size, root }: { readonly size: number; readonly root: string }): {
  size: number
  root: Buffer
} {
  return { size, root: Buffer.from(root, 'base64') }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

import { join } from 'node:path'
import { AuditError } from '../errors.ts'
import { certificatesIn } from '../stamp-log.ts'
import type { VerifierKey } from '../verifier-key.ts'
import { parseVerifierKey } from '../verifier-key.ts'
import { type Anchors, type LogAnchor, readAnchors, writeAnchors } from './anchor-file.ts'
import { type Bundle, checkBundle, readBundle } from './bundle-files.ts'
import { type AuditFinding, Findings } from './findings.ts'
import { type LogFolder, readLogFolder } from './log-folder.ts'
import { readLogIdentity } from './log-identity.ts'
import type { LogOutcome } from './log-task.ts'
import type { OutsideTrust } from './outside-anchors.ts'
import type { StreamClaim } from './own-entries.ts'
import type { AuditReport, AuditResult, AuditStreamReport } from './report.ts'
import type { RootClaim } from './root-claims.ts'
import { parseTrustedKeys } from './trusted-keys.ts'
import { verifyLog } from './verify-log.ts'

/** What to verify, and whom to trust. */
export interface VerifyAuditOptions {
  /** The log's folder, or a bundle that `export` made. */
  readonly dir: string
  /** Public keys to trust, as lines `name+id+base64`, or one as PEM. Default: what lies beside the log, and the report says `trust: self`. */
  readonly publicKey?: string
  /** File in which the verifier remembers the log. Made on first use, moved forward after each intact result. Keep it where the log's writer cannot reach it. */
  readonly anchor?: string
  /** Verify only what is new since the anchor; what was verified earlier is not read again. Default false. */
  readonly incremental?: boolean
  /** Public keys of witnesses to trust, as lines. */
  readonly witnesses?: readonly string[]
  /** Certificates (PEM) of time-stamp authorities to trust, or of those above them. */
  readonly timestampAuthorities?: readonly string[]
  /** Whether to read the encrypted content and hold it against its hashes. Default true. */
  readonly content?: boolean
  /** Told how many bytes of how many have been read. */
  readonly onProgress?: (bytes: number, total: number) => void
}

/**
 * Verifies a log: every line, hash, link, checkpoint, key, content file and anchor. Whatever is wrong is in the report; throws only where it
 * cannot be read (`AUDIT_LOG_NOT_FOUND`, `AUDIT_ANCHOR_INVALID`, `AUDIT_KEY_INVALID`, `AUDIT_OPTION_INVALID`, or the system's error).
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  checkOptions(options)
  const anchors = options.anchor === undefined ? undefined : readAnchors(options.anchor)
  const bundle = await readBundle(options.dir)
  const folder = await readLogFolder(bundle?.log ?? options.dir)
  const run = new Run(options, anchors, outsideTrust(options), bundle)
  const main = await run.verify(folder, { name: '', claims: [], keys: undefined })
  for (const name of folder.streams) await run.verifyStream(folder, name, main)
  run.missingStreams(folder, main)
  await run.checkBundle(main)
  return run.report(main)
}

interface Place {
  /** Of a stream; empty for the log itself. */
  readonly name: string
  readonly claims: readonly RootClaim[]
  /** The keys that its parent names; undefined for the log itself. */
  readonly keys: readonly VerifierKey[] | undefined
}

interface Verified {
  readonly name: string
  readonly origin: string
  readonly outcome: LogOutcome
  readonly findings: Findings
}

class Run {
  readonly #options: VerifyAuditOptions
  readonly #anchors: Anchors | undefined
  readonly #outside: OutsideTrust
  readonly #bundle: Bundle | undefined
  readonly #verified: Verified[] = []
  #total = 0
  #read = 0

  constructor(
    options: VerifyAuditOptions,
    anchors: Anchors | undefined,
    outside: OutsideTrust,
    bundle: Bundle | undefined,
  ) {
    this.#options = options
    this.#anchors = anchors
    this.#outside = outside
    this.#bundle = bundle
  }

  async verify(folder: LogFolder, { name, claims, keys }: Place): Promise<Verified> {
    const { incremental = false, content = true, publicKey } = this.#options
    const findings = new Findings()
    const { origin, published } = readLogIdentity(folder, findings)
    const given = publicKey === undefined ? undefined : parseTrustedKeys(publicKey, origin)
    const trusted = keys ?? given ?? published
    if (trusted.length === 0)
      findings.failure('KEY', null, 'there is no public key beside the log, and none was given')
    const strange = trusted.find((key) => key.name !== origin)
    if (strange !== undefined)
      findings.failure(
        'KEY',
        null,
        `the key is of ${strange.name}; the log says that it is ${origin}`,
      )
    const anchor = this.#anchors?.get(origin)
    if (this.#anchors !== undefined && anchor === undefined && name === '')
      findings.failure(
        'FORK',
        null,
        `the anchor remembers ${[...this.#anchors.keys()].join(', ') || 'nothing'}, and not ${origin}`,
      )
    this.#total += folder.bytes
    const outcome = await verifyLog({
      folder,
      origin,
      trusted,
      published,
      anchor,
      incremental,
      claims,
      outside: this.#outside,
      // A bundle has no content.
      content: content && this.#bundle === undefined,
      bundled: this.#bundle !== undefined,
      findings,
      onBytes: (bytes) => {
        this.#read += bytes
        this.#options.onProgress?.(this.#read, this.#total)
      },
    })
    const verified = { name, origin, outcome, findings }
    this.#verified.push(verified)
    return verified
  }

  async verifyStream(parent: LogFolder, name: string, main: Verified): Promise<void> {
    const said = main.outcome.streams.get(`${main.origin}/${name}`) ?? []
    const folder = await readLogFolder(join(parent.dir, 'streams', name)).catch(
      (error: unknown) => {
        if (!(error instanceof AuditError)) throw error
      },
    )
    if (folder === undefined) {
      if (said.length > 0)
        main.findings.failure('TRUNCATED', null, `the stream ${name} is not there any more`)
      return
    }
    const keys = keysOf(said, main.findings)
    // A stream that its parent has not named yet is trusted by the keys beside it.
    await this.verify(folder, {
      name,
      claims: claimsOf(said),
      keys: keys.length > 0 ? keys : undefined,
    })
  }

  /** Streams that the log or the anchor remembers, and that are not there. */
  missingStreams({ streams }: LogFolder, main: Verified): void {
    const remembered = new Set([...main.outcome.streams.keys(), ...(this.#anchors?.keys() ?? [])])
    for (const origin of remembered)
      if (
        origin.startsWith(`${main.origin}/`) &&
        !streams.includes(origin.slice(main.origin.length + 1))
      )
        main.findings.failure('TRUNCATED', null, `the stream ${origin} is not there any more`)
  }

  /** What a bundle has beside its logs. */
  async checkBundle(main: Verified): Promise<void> {
    if (this.#bundle === undefined) return
    const logs = this.#verified.map(({ origin, outcome }) => ({ origin, outcome }))
    await checkBundle(this.#bundle, logs, main.findings)
  }

  async report(main: Verified): Promise<AuditReport> {
    const { anchor: file, publicKey } = this.#options
    const hasFailed = this.#verified.some(({ findings }) => findings.failures() > 0)
    const nexts = this.#verified.flatMap(({ outcome }) => outcome.next ?? [])
    const isFirst = file !== undefined && this.#anchors === undefined
    if (file !== undefined && !hasFailed && nexts.length > 0)
      await writeAnchors(file, forward(this.#anchors, nexts))
    const { newest, claims, entries } = main.outcome
    const trusted = claims.anchors.filter((found) => found.trusted).map(({ size }) => size)
    if (isFirst && !hasFailed && newest !== undefined) trusted.push(newest.size)
    const anchored = trusted.length === 0 ? null : Math.max(...trusted)
    return {
      result: resultOf(this.#verified, anchored !== null),
      trust: publicKey === undefined ? 'self' : 'key',
      origin: main.origin,
      entries,
      size: newest?.size ?? 0,
      root: newest?.root.toString('base64') ?? '',
      anchored_to: anchored,
      findings: this.#verified.flatMap(findingsOf),
      claims: { ...claims, ...countsOf(this.#verified) },
      streams: this.#verified.slice(1).map(streamReport),
      ...(this.#bundle?.said !== undefined && { bundle: this.#bundle.said }),
    }
  }
}

function claimsOf(said: readonly StreamClaim[]): RootClaim[] {
  return said.map(({ size, root, seq }) => ({
    size,
    root: Buffer.from(root, 'base64'),
    by: `entry ${seq} of the parent`,
  }))
}

function keysOf(said: readonly StreamClaim[], findings: Findings): VerifierKey[] {
  const lines = [...new Set(said.map(({ key }) => key))]
  return lines.flatMap((line) => {
    try {
      return [parseVerifierKey(line)]
    } catch (error) {
      findings.failure('KEY', null, `a stream's key: ${(error as Error).message}`)
      return []
    }
  })
}

/** `MISSING_CONTENT` alone leaves the log itself whole. */
function resultOf(verified: readonly Verified[], isAnchored: boolean): AuditResult {
  const failures = verified.reduce((sum, { findings }) => sum + findings.failures(), 0)
  const missing = verified.reduce(
    (sum, { findings }) => sum + findings.failures('MISSING_CONTENT'),
    0,
  )
  if (failures > missing) return 'tampered'
  if (missing > 0) return 'incomplete'
  return isAnchored ? 'intact' : 'unanchored'
}

function findingsOf({ name, findings }: Verified): AuditFinding[] {
  const list = findings.list()
  return name === '' ? list : list.map((finding) => ({ ...finding, stream: name }))
}

function countsOf(verified: readonly Verified[]): { failures: number; notes: number } {
  const counts = verified.map(({ findings }) => findings.counts())
  return {
    failures: counts.reduce((sum, { failures }) => sum + failures, 0),
    notes: counts.reduce((sum, { notes }) => sum + notes, 0),
  }
}

function streamReport(verified: Verified): AuditStreamReport {
  const { name, outcome } = verified
  // The parent's word for it is its anchor.
  const result = resultOf([verified], outcome.newest !== undefined)
  return { name, result, entries: outcome.entries, size: outcome.newest?.size ?? 0 }
}

/** An anchor never goes back. */
function forward(anchors: Anchors | undefined, nexts: readonly LogAnchor[]): LogAnchor[] {
  const all = new Map(anchors)
  for (const next of nexts)
    if (next.size >= (all.get(next.origin)?.size ?? 0)) all.set(next.origin, next)
  return [...all.values()]
}

function outsideTrust({
  witnesses = [],
  timestampAuthorities = [],
}: VerifyAuditOptions): OutsideTrust {
  return {
    witnesses: witnesses.map(parseVerifierKey),
    authorities: timestampAuthorities.flatMap(certificatesIn),
  }
}

function checkOptions({ dir, publicKey, anchor, incremental }: VerifyAuditOptions): void {
  if (typeof dir !== 'string' || dir === '') throw optionInvalid('dir', 'the path of a folder')
  if (publicKey !== undefined && typeof publicKey !== 'string')
    throw optionInvalid('publicKey', 'public keys as text (not a path)')
  if (anchor !== undefined && (typeof anchor !== 'string' || anchor === ''))
    throw optionInvalid('anchor', 'the path of a file')
  if (incremental && anchor === undefined) throw optionInvalid('incremental', 'used with `anchor`')
}

function optionInvalid(name: string, expected: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `Expected \`${name}\` to be ${expected}`)
}

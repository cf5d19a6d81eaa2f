import { join } from 'node:path'
import { AuditError } from '../errors.ts'
import type { VerifierKey } from '../verifier-key.ts'
import { parseVerifierKey, rawPublicKey, verifierKey } from '../verifier-key.ts'
import { type Anchors, type LogAnchor, readAnchors, writeAnchors } from './anchor-file.ts'
import { type Bundle, checkBundle, readBundle } from './bundle-files.ts'
import { type ContentNames, contentNames } from './content-files.ts'
import { Findings } from './findings.ts'
import { isLogChanged, type LogFolder, readLogFolder, readStreamNames } from './log-folder.ts'
import { readLogIdentity } from './log-identity.ts'
import type { OutsideTrust } from './outside-anchors.ts'
import type { StreamClaim } from './own-entries.ts'
import type { AuditReport } from './report.ts'
import type { RootClaim } from './root-claims.ts'
import { parseTrustedKeys } from './trusted-keys.ts'
import { countsOf, findingsOf, resultOf, streamReport, type Verified } from './verified.ts'
import { verifyLog } from './verify-log.ts'
import { checkVerifyOptions, outsideTrust, type VerifyAuditOptions } from './verify-options.ts'

/**
 * Verifies a log: every line, hash, link, checkpoint, key, content file and anchor. Whatever is wrong is in the report; throws only where it
 * cannot be read (`AUDIT_LOG_NOT_FOUND`, `AUDIT_ANCHOR_INVALID`, `AUDIT_KEY_INVALID`, `AUDIT_OPTION_INVALID`, or the system's error).
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  checkVerifyOptions(options)
  const anchors = options.anchor === undefined ? undefined : readAnchors(options.anchor)
  const outside = outsideTrust(options)
  const bundle = await readBundle(options.dir)
  for (let tries = 1; ; tries += 1) {
    const run = new Run(options, anchors, outside, bundle, tries > 1)
    const isLast = tries === MOST_TRIES
    try {
      const main = await run.verifyAll()
      // What is wrong with a log that grew meanwhile is wrong the next time too, or was no fault.
      if (isLast || !run.hasFailed() || !(await run.hasChanged())) return await run.report(main)
    } catch (error) {
      if (isLast || !isLogChanged(error)) throw error
    }
  }
}

/** A writer may be at work while the log is read. */
const MOST_TRIES = 10

interface Place {
  /** Of a stream; empty for the log itself. */
  readonly name: string
  readonly claims: readonly RootClaim[]
  readonly contentBefore: ContentNames | undefined
  /** What a stream's parent says that it is, and under which keys; undefined for the log itself. */
  readonly expected?: { readonly origin: string; readonly keys: readonly VerifierKey[] }
}

class Run {
  readonly #options: VerifyAuditOptions
  readonly #anchors: Anchors | undefined
  readonly #outside: OutsideTrust
  readonly #bundle: Bundle | undefined
  readonly #isAgain: boolean
  readonly #verified: Verified[] = []
  #total = 0
  #read = 0

  constructor(
    options: VerifyAuditOptions,
    anchors: Anchors | undefined,
    outside: OutsideTrust,
    bundle: Bundle | undefined,
    isAgain: boolean,
  ) {
    this.#options = options
    this.#anchors = anchors
    this.#outside = outside
    this.#bundle = bundle
    this.#isAgain = isAgain
  }

  get #dir(): string {
    return this.#bundle?.log ?? this.#options.dir
  }

  /** Verifies the log and its streams, and what a bundle has beside them. */
  async verifyAll(): Promise<Verified> {
    const dir = this.#dir
    const contentBefore = await this.#contentIn(dir)
    const main = await this.#verify(await readLogFolder(dir), {
      name: '',
      claims: [],
      contentBefore,
    })
    const { names, faults } = await readStreamNames(dir)
    for (const { code, severity, detail } of faults) main.findings[severity](code, null, detail)
    for (const name of names) await this.#verifyStream(name, main)
    this.#missingStreams(names, main)
    if (this.#bundle !== undefined) await checkBundle(this.#bundle, this.#verified)
    return main
  }

  hasFailed(): boolean {
    return this.#verified.some(({ findings }) => findings.failures() > 0)
  }

  /** Whether a writer wrote while the log was read. */
  async hasChanged(): Promise<boolean> {
    for (const { folder } of this.#verified) {
      const now = await readLogFolder(folder.dir).catch(() => undefined)
      if (now === undefined || stateOf(now) !== stateOf(folder)) return true
    }
    return false
  }

  /** The content, where the writer was seen at work: what it erases from now on it has signed by the next time. */
  async #contentIn(dir: string): Promise<ContentNames | undefined> {
    return this.#isAgain ? contentNames(dir) : undefined
  }

  async #verify(
    folder: LogFolder,
    { name, claims, expected, contentBefore }: Place,
  ): Promise<Verified> {
    const { incremental = false, content = true, publicKey } = this.#options
    const findings = new Findings()
    const { origin, published } = readLogIdentity(folder, findings)
    const given = publicKey === undefined ? undefined : parseTrustedKeys(publicKey, origin)
    const trusted = expected?.keys ?? given ?? published
    const isForeign = expected !== undefined && expected.origin !== origin
    if (isForeign) findings.failure('KEY', null, `streams/${name} is of another log, ${origin}`)
    if (trusted.length === 0)
      findings.failure('KEY', null, 'there is no public key beside the log, and none was given')
    const strange = trusted.find((key) => key.name !== origin)
    if (strange !== undefined && !isForeign)
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
      // What a bundle counts is in all of it.
      incremental: incremental && this.#bundle === undefined,
      claims,
      outside: this.#outside,
      // A bundle has no content.
      content: content && this.#bundle === undefined,
      ...(contentBefore !== undefined && { contentBefore }),
      bundled: this.#bundle !== undefined,
      findings,
      onBytes: (bytes) => {
        this.#read += bytes
        this.#options.onProgress?.(this.#read, this.#total)
      },
    })
    const verified = { name, origin, folder, outcome, findings }
    this.#verified.push(verified)
    return verified
  }

  async #verifyStream(name: string, main: Verified): Promise<void> {
    const origin = `${main.origin}/${name}`
    const said = main.outcome.streams.get(origin) ?? []
    const dir = join(this.#dir, 'streams', name)
    const contentBefore = await this.#contentIn(dir)
    const folder = await readLogFolder(dir).catch((error: unknown) => {
      if (!(error instanceof AuditError) || isLogChanged(error)) throw error
    })
    if (folder === undefined) {
      if (said.length > 0)
        main.findings.failure('TRUNCATED', null, `the stream ${name} is not there any more`)
      return
    }
    // Its parent's keys sign a stream too; one of its own counts once the parent has named it.
    const inherited = main.outcome.trusted.map(({ publicKey }) =>
      verifierKey(origin, rawPublicKey(publicKey)),
    )
    const keys = [...keysOf(said, main.findings), ...this.#rememberedKeys(origin), ...inherited]
    const expected = { origin, keys }
    const place = { name, claims: claimsOf(said), expected, contentBefore }
    const { findings, outcome } = await this.#verify(folder, place)
    // What a log says of a stream is what the stream had signed.
    if (said.length > 0 && outcome.newest === undefined && findings.failures() === 0)
      findings.failure('SIGNATURE', null, 'the log names a checkpoint of it, and none is there')
  }

  /** The keys of a stream when it was verified before; where its log is gone on from there, what named them is not read again. */
  #rememberedKeys(origin: string): VerifierKey[] {
    const anchor = this.#options.incremental ? this.#anchors?.get(origin) : undefined
    return anchor === undefined ? [] : [...anchor.before, ...anchor.keys].map(parseVerifierKey)
  }

  /** Streams that the log or the anchor remembers, and that are not there. */
  #missingStreams(streams: readonly string[], main: Verified): void {
    const remembered = new Set([...main.outcome.streams.keys(), ...(this.#anchors?.keys() ?? [])])
    for (const origin of remembered)
      if (
        origin.startsWith(`${main.origin}/`) &&
        !streams.includes(origin.slice(main.origin.length + 1))
      )
        main.findings.failure('TRUNCATED', null, `the stream ${origin} is not there any more`)
  }

  async report(main: Verified): Promise<AuditReport> {
    const { anchor: file, publicKey } = this.#options
    const hasFailed = this.hasFailed()
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

/** What differs once somebody has written. */
function stateOf({ parts, checkpoint }: LogFolder): string {
  const newest = parts.at(-1)
  return `${parts.length} ${newest?.first} ${newest?.changed} ${checkpoint?.toString('base64')}`
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

/** An anchor never goes back. */
function forward(anchors: Anchors | undefined, nexts: readonly LogAnchor[]): LogAnchor[] {
  const all = new Map(anchors)
  for (const next of nexts)
    if (next.size >= (all.get(next.origin)?.size ?? 0)) all.set(next.origin, next)
  return [...all.values()]
}

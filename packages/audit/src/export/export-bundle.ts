import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Appended } from '../batch.ts'
import { parseCheckpoint } from '../checkpoint.ts'
import type { SignedState } from '../checkpoints.ts'
import { AuditError } from '../errors.ts'
import { readPublicKeys } from '../log-file.ts'
import { packageFile } from '../package-files.ts'
import { newestCheckpoint, proveEntry } from '../prove-entry.ts'
import { recordStreams } from '../streams.ts'
import type { SystemEntry } from '../system-entry.ts'
import { parseTlogProof } from '../tlog-proof.ts'
import type { VerifierKey } from '../verifier-key.ts'
import { isLogChanged, readLogFolder, readStreamNames } from '../verify/log-folder.ts'
import { verifyAudit } from '../verify/verify-audit.ts'
import { BundleFolder } from './bundle-folder.ts'
import {
  type BundledLog,
  type BundleManifest,
  GROWTH,
  LOG_PATH,
  MANIFEST,
  manifestText,
  RECEIPT,
  type SaidFilter,
} from './bundle-manifest.ts'
import { bundleReadme } from './bundle-readme.ts'
import { BundleSummary } from './bundle-summary.ts'
import { copyLog, type PreviousExport } from './copy-log.ts'
import { EntryFiles } from './entry-files.ts'
import { entryFilter } from './entry-filter.ts'
import { checkRequest, type ExportFilter, type ExportRequest } from './export-request.ts'
import { growthProof } from './growth-proof.ts'
import { presetOf, reportHtml } from './report-html.ts'

/** The log that is exported, and how it says so. */
export interface ExportedLog {
  readonly dir: string
  readonly origin: string
  /** The key in use. */
  readonly key: VerifierKey
  /** Signs everything so far. */
  readonly sign: () => Promise<SignedState>
  /** Appends one of the log's own entries. */
  readonly append: (entry: SystemEntry) => Promise<Appended>
  readonly options: { readonly clock: () => number }
  /** A filter in the names that entries have. */
  readonly inLog: (filter: ExportFilter) => Promise<ExportFilter>
}

/** A bundle that was made. */
export interface ExportedBundle {
  /** The folder. */
  readonly out: string
  /** Place of the log's own entry about the export. */
  readonly seq: number
  /** Entries that the log had when the bundle was made. */
  readonly size: number
  /** Base64. */
  readonly root: string
  /** SHA-256 of the bundle's manifest in hex, which the entry has too. */
  readonly manifest: string
  readonly disclosed: number
  readonly withheld: number
  readonly expired: number
}

/** Makes a bundle for an auditor, and says so in the log. Throws `AUDIT_OPTION_INVALID`, `AUDIT_EXPORT_EXISTS` or `AUDIT_DAMAGED`; then nothing is at `out`. */
export async function exportBundle(
  log: ExportedLog,
  request: ExportRequest,
): Promise<ExportedBundle> {
  checkRequest(log.dir, request)
  const filter = await log.inLog(request.filter ?? {})
  const policy = request.policy === undefined ? undefined : await readFile(request.policy)
  for (let tries = 1; ; tries += 1) {
    const bundle = await BundleFolder.begin(request.out)
    try {
      const made = await new Export(log, { ...request, filter }, bundle, policy).run()
      await checkWhole(bundle.dir)
      await bundle.finish()
      return made
    } catch (error) {
      await bundle.discard()
      if (tries === MOST_TRIES || !isLogChanged(error)) throw error
    }
  }
}

/** The writer of a stream may let entries expire while they are copied. */
const MOST_TRIES = 10

/** What is handed out has been read again from the disk, and holds. */
async function checkWhole(dir: string): Promise<void> {
  const { findings } = await verifyAudit({ dir })
  const failure = findings.find(({ severity }) => severity === 'failure')
  if (failure === undefined) return
  const { code, detail } = failure
  throw new AuditError(
    'AUDIT_DAMAGED',
    `Expected the bundle to hold when it is read again, found ${code}: ${detail}; verify the log`,
  )
}

class Export {
  readonly #log: ExportedLog
  readonly #request: ExportRequest
  readonly #bundle: BundleFolder
  readonly #policy: Buffer | undefined
  readonly #summary = new BundleSummary()
  #read = 0
  #total = 0

  constructor(
    log: ExportedLog,
    request: ExportRequest,
    bundle: BundleFolder,
    policy: Buffer | undefined,
  ) {
    this.#log = log
    this.#request = request
    this.#bundle = bundle
    this.#policy = policy
  }

  async run(): Promise<ExportedBundle> {
    const { formats = ['jsonl', 'csv'] } = this.#request
    // One root over all of it.
    await recordStreams(this.#log)
    const signed = await this.#log.sign()
    const entries = await EntryFiles.begin(this.#bundle, formats)
    const { logs, previous } = await this.#copyAll(signed, entries)
    await entries.end()
    if (previous !== undefined)
      await this.#bundle.write(GROWTH, await growthProof(this.#log.dir, previous.size, signed.size))
    const manifest = await this.#describe(logs, previous, formats)
    const sha256 = createHash('sha256').update(manifest).digest('hex')
    await this.#bundle.write(MANIFEST, manifest)
    const { disclosed, withheld, expired } = this.#summary
    const counts = { disclosed, withheld, expired }
    const { size, root } = signed
    const seq = await this.#record({ ...counts, formats, manifest: sha256, root, size })
    return { out: this.#request.out, seq, size, root, manifest: sha256, ...counts }
  }

  async #copyAll(
    { note }: SignedState,
    entries: EntryFiles,
  ): Promise<{ logs: BundledLog[]; previous: PreviousExport | undefined }> {
    const { dir, origin } = this.#log
    this.#total += (await readLogFolder(dir)).bytes
    const previous = await this.#copy(dir, LOG_PATH, note, entries)
    const logs = [logOf(LOG_PATH, note)]
    for (const name of (await readStreamNames(dir)).names) {
      const from = join(dir, 'streams', name)
      const text = await streamNote(from)
      if (text === undefined) continue
      const path = `${LOG_PATH}/streams/${name}`
      const stream = logOf(path, text)
      if (stream.origin !== `${origin}/${name}`)
        throw new AuditError('AUDIT_DAMAGED', `Expected ${from} to be a stream of ${origin}`)
      this.#total += (await readLogFolder(from)).bytes
      await this.#copy(from, path, text, entries)
      logs.push(stream)
    }
    return { logs, previous }
  }

  #copy(
    from: string,
    to: string,
    note: string,
    entries: EntryFiles,
  ): Promise<PreviousExport | undefined> {
    return copyLog({
      from,
      to,
      note,
      checkpoint: parseCheckpoint(note),
      filter: entryFilter(this.#request.filter ?? {}),
      bundle: this.#bundle,
      entries,
      summary: this.#summary,
      onBytes: (bytes) => {
        this.#read += bytes
        this.#request.onProgress?.(this.#read, this.#total)
      },
    })
  }

  /** Writes what explains the entries, and returns the manifest. */
  async #describe(
    logs: readonly BundledLog[],
    previous: PreviousExport | undefined,
    formats: readonly string[],
  ): Promise<string> {
    const bundle = this.#bundle
    const { filter = {}, preset, policy = '', reason } = this.#request
    const { disclosed, withheld, expired } = this.#summary
    const manifest: Omit<BundleManifest, 'files'> = {
      v: 1,
      kind: 'recount-audit-bundle',
      made: new Date(this.#log.options.clock()).toISOString(),
      by: this.#by(),
      logs,
      filter: saidFilter(filter),
      formats,
      preset: preset ?? null,
      previous: previous ?? null,
      disclosed,
      withheld,
      expired,
    }
    const found = presetOf(preset)
    const keys = (await readPublicKeys(this.#log.dir)).map(({ vkey }) => vkey)
    const report = { manifest, summary: this.#summary, keys, reason, preset: found }
    await bundle.write('report.html', reportHtml(report))
    await bundle.write('README.txt', bundleReadme(manifest))
    await bundle.write('schema/event.json', await packageFile('dist/src/schema/event.json'))
    for (const name of ['verify.sh', 'verify.py'])
      await bundle.write(name, await packageFile(`verifier/${name}`))
    if (this.#policy !== undefined) await bundle.write(`policy/${plainName(policy)}`, this.#policy)
    return manifestText({ ...manifest, files: bundle.listed })
  }

  /** Appends the entry about the export, and puts it with its proofs into the bundle. */
  async #record(said: { readonly size: number; readonly [key: string]: unknown }): Promise<number> {
    const { dir, append, sign } = this.#log
    const { filter = {}, actor, reason, preset } = this.#request
    const subjects = filter.subject ?? []
    const [subject] = subjects
    const { seq } = await append({
      action: 'audit.export',
      sys: { ...said, filter: saidFilter(filter), preset: preset ?? null },
      ...(reason !== undefined && { reason }),
      ...(actor !== undefined && { actor }),
      ...(subjects.length === 1 && subject !== undefined && { subject }),
    })
    await sign()
    const { proof } = await proveEntry(dir, seq)
    const { checkpoint } = parseTlogProof(proof)
    await this.#bundle.write(RECEIPT.entry, proof)
    await this.#bundle.write(RECEIPT.growth, await growthProof(dir, said.size, checkpoint.size))
    return seq
  }

  #by(): string {
    const { actor } = this.#request
    return actor === undefined ? 'the log itself' : `${actor.type} ${actor.id}`
  }
}

function logOf(path: string, note: string): BundledLog {
  const { origin, size, root } = parseCheckpoint(note)
  return { path, origin, size, root: root.toString('base64') }
}

/** Undefined for a stream that has signed nothing yet. */
async function streamNote(dir: string): Promise<string | undefined> {
  try {
    return (await newestCheckpoint(dir)).text
  } catch (error) {
    if (error instanceof AuditError && error.code === 'AUDIT_LOG_NOT_FOUND') return undefined
    throw error
  }
}

function saidFilter({ from, to, ...lists }: ExportFilter): SaidFilter {
  const asked = Object.entries(lists).filter(([, values]) => values?.length)
  return {
    ...(from !== undefined && { from: from.toISOString() }),
    ...(to !== undefined && { to: to.toISOString() }),
    ...Object.fromEntries(asked),
  }
}

/** A file's name as any system and shell takes it. */
function plainName(path: string): string {
  return basename(path)
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
}

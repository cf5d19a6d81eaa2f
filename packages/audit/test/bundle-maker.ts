import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import type { SignedState } from '../src/checkpoints.ts'
import { type ExportedLog, exportBundle } from '../src/export/export-bundle.ts'
import type { ExportRequest } from '../src/export/export-request.ts'
import { type AuditReport, verifyAudit } from '../src/index.ts'
import type { SystemEntry } from '../src/system-entry.ts'
import type { LogBuilder } from './log-builder.ts'
import { folder, richLog } from './tamper-log.ts'
import { type Ended, python, shell } from './verifier-scripts.ts'

/** A log that a test built, as something that can be exported. */
export function exportable(log: LogBuilder): ExportedLog {
  return {
    dir: log.dir,
    origin: log.origin,
    key: log.signer.key,
    options: { clock: () => log.clock },
    sign: () => signed(log),
    inLog: async (filter) => filter,
    append: async ({ action, sys, ...fields }: SystemEntry) => {
      log.open().own(action, sys, fields)
      return { seq: log.size - 1, hash: '' }
    },
  }
}

async function signed(log: LogBuilder): Promise<SignedState> {
  await log.checkpoint()
  const note = readFileSync(log.notePath(), 'utf8')
  return { size: log.size, root: log.root().toString('base64'), note }
}

/** A bundle of a log, with the key that its reader has from elsewhere. */
export interface TestBundle {
  readonly dir: string
  readonly vkey: string
  readonly keyFile: string
}

export async function bundleOf(
  t: TestContext,
  log: LogBuilder,
  request: Omit<ExportRequest, 'out'> = {},
): Promise<TestBundle> {
  const base = folder(t)
  const dir = join(base, 'bundle')
  await exportBundle(exportable(log), { out: dir, ...request })
  const keyFile = join(base, 'log.vkey')
  writeFileSync(keyFile, `${log.vkey}\n`)
  return { dir, vkey: log.vkey, keyFile }
}

/** A bundle, and a log that is the one in it: what is done to the log can be put into the bundle. */
export async function twin(t: TestContext): Promise<{ bundle: TestBundle; log: LogBuilder }> {
  const bundle = await bundleOf(t, await richLog(folder(t)))
  return { bundle, log: await richLog(folder(t)) }
}

/** Puts a log into a bundle in the place of its own. */
export function putInto({ dir }: TestBundle, log: LogBuilder): void {
  rmSync(join(dir, 'log'), { recursive: true })
  rmSync(join(log.dir, 'content'), { recursive: true, force: true })
  renameSync(log.dir, join(dir, 'log'))
  // For what is cleaned up when the test ends.
  mkdirSync(log.dir)
}

/** Makes the manifest say what is there, as somebody would who wants a change to pass. */
export function listAnew(
  { dir }: TestBundle,
  change: (manifest: Manifest) => void = () => {},
): void {
  const path = join(dir, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  manifest.files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((name) => name !== 'manifest.json' && !name.startsWith('receipt/'))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(dir, name))
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { bytes: bytes.length, path: name, sha256 }
    })
  change(manifest)
  // The keys are in their order already.
  writeFileSync(path, `${JSON.stringify(manifest)}\n`)
}

/** A manifest that a test may change. */
export interface Manifest {
  disclosed: number
  withheld: number
  expired: number
  previous: { size: number; root: string } | null
  logs: { origin: string; path: string; root: string; size: number }[]
  files: { bytes: number; path: string; sha256: string }[]
}

/** What the three verifiers say. */
export interface Verdicts {
  readonly report: AuditReport
  readonly python: Ended
  readonly shell: Ended
}

/** Verifies by all three, the scripts without Node in reach; `key` undefined trusts what lies in the bundle. */
export async function verdicts(
  dir: string,
  keyFile: string | undefined,
  anchor?: string,
): Promise<Verdicts> {
  const publicKey = keyFile === undefined ? {} : { publicKey: readFileSync(keyFile, 'utf8') }
  const before = anchor === undefined ? [] : ['--anchor', anchor]
  const key = keyFile === undefined ? [] : ['--key', keyFile]
  const last = keyFile === undefined ? [] : [keyFile]
  // The scripts first: they only read the anchor.
  const [second, third] = await Promise.all([
    python([dir, ...key, ...before]),
    shell([...before, dir, ...last]),
  ])
  const report = await verifyAudit({ dir, ...publicKey, ...(anchor !== undefined && { anchor }) })
  return { report, python: second, shell: third }
}

/** Fails unless all three say that it holds. */
export function assertAllHold({ report, python, shell }: Verdicts): void {
  const failures = report.findings.filter(({ severity }) => severity === 'failure')
  assert.deepEqual(failures, [])
  assert.match(report.result, /^(intact|unanchored)$/)
  for (const { status, output } of [python, shell]) {
    assert.equal(status, 0, output)
    assert.match(output, /^OK: /m)
  }
}

/** Fails unless all three say that it does not hold. */
export function assertNoneHolds({ report, python, shell }: Verdicts): void {
  assert.equal(report.result, 'tampered', JSON.stringify(report))
  for (const { status, output } of [python, shell]) {
    assert.equal(status, 1, output)
    assert.match(output, /^BROKEN: /m)
  }
}

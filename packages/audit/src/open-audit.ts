import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AuditLog } from './audit-log.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import { Checkpoints } from './checkpoints.ts'
import { CommitQueue } from './commit-queue.ts'
import { DiskSpace } from './disk-space.ts'
import { AuditError } from './errors.ts'
import { EventContent } from './event-content.ts'
import { makeFolder } from './folder.ts'
import { HoldsInForce } from './holds-in-force.ts'
import { keepKey } from './key-change.ts'
import { checkOutside, readKeyFile, readOrMakeKeyFile } from './key-file.ts'
import type { ChainHead } from './line.ts'
import { type Lock, takeLock } from './lock.ts'
import {
  readLogFile,
  readNewestCheckpoint,
  readPublicKeys,
  writeLogFile,
  writePublicKeys,
} from './log-file.ts'
import { type AuditOptions, type CheckedOptions, checkOptions, realPath } from './options.ts'
import { readParentHolds } from './parent-holds.ts'
import { pendingRecoveries } from './quarantine.ts'
import { findStanding, type Standing } from './recovery.ts'
import { SegmentFile } from './segment-file.ts'
import { SegmentWriter } from './segment-writer.ts'
import { Shipping } from './shipping.ts'
import { verifyNote } from './signed-note.ts'
import type { Signer } from './signer.ts'
import { renamedSigner } from './signer-name.ts'
import { streamFolder } from './streams.ts'
import type { SystemEntry } from './system-entry.ts'
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts'
import { warn } from './warnings.ts'

/**
 * Opens an audit log for writing, after recovering what a crash left; makes it where there is none. Throws `AUDIT_OPTION_INVALID`, `AUDIT_LOCKED`,
 * `AUDIT_KEY_MISSING`, `AUDIT_KEY_INVALID`, `AUDIT_DAMAGED`, `AUDIT_TRUNCATED`, `AUDIT_DISK_FULL`.
 */
export async function openAudit(options: AuditOptions): Promise<AuditLog> {
  const checked = checkOptions(options)
  const { stream } = checked
  const dir = stream === undefined ? checked.dir : streamFolder(checked.dir, stream)
  const origin = stream === undefined ? checked.origin : `${checked.origin}/${stream}`
  if (typeof checked.key === 'string') checkOutside(checked.dir, checked.key)
  if (checked.contentKey !== undefined) checkOutside(checked.dir, checked.contentKey)
  await makeFolder(join(dir, 'checkpoints'))
  const lock = await takeLock(dir, checked.wait)
  try {
    return await openLocked(dir, origin, checked, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openLocked(
  dir: string,
  origin: string,
  options: CheckedOptions,
  lock: Lock,
): Promise<AuditLog> {
  const { signer, isNew } = await openKey(dir, origin, options)
  const boot = bootId()
  const known = await readPublicKeys(dir)
  const checkpoint = await readNewestCheckpoint(dir, origin, known)
  checkSigned(dir, checkpoint, signer, known)
  const standing = await findStanding(dir, origin, boot, checkpoint)
  await checkSigner(dir, known, signer, handedOver(standing, checkpoint), options)
  tellUnsigned(dir, standing)
  const recoveries = await pendingRecoveries(dir)
  const settings = { ...options, ...(await remembered(dir, options, standing)) }
  const log = await assemble(dir, origin, settings, lock, signer, standing, boot)
  await log.begin([
    ...(standing.head.seq === 0 ? [genesis(signer, options)] : []),
    opening(settings, standing, boot),
    ...recoveries.map(({ entry }) => entry),
  ])
  for (const { done } of recoveries) await done()
  if (recoveries.length > 0) {
    warn('AUDIT_RECOVERED', `${dir} was not closed; what a crash cut is in its folder quarantine`)
  }
  if (isNew || standing.isUnclean) await log.checkpoint()
  return log
}

/** What holds for a log once it was said, also for who does not say it: where its content key is, and that names are replaced. */
async function remembered(
  dir: string,
  { contentKey, key, pseudonyms, dir: parent }: CheckedOptions,
  { isRenamed }: Standing,
): Promise<Pick<CheckedOptions, 'contentKey' | 'pseudonyms'>> {
  const file = await readLogFile(dir)
  // A stream does as its log.
  const before = file?.pseudonyms ?? (await readLogFile(parent))?.pseudonyms
  // Nobody signs log.json: what the log itself says counts, too.
  const replaced = pseudonyms ?? (isRenamed || (before ?? false))
  if (file !== undefined && replaced && file.pseudonyms !== true)
    await writeLogFile(dir, { ...file, pseudonyms: true })
  const path = contentKey ?? keyBeside(file?.contentKey, key)
  return { ...(path !== undefined && { contentKey: path }), pseudonyms: replaced }
}

/** Nobody signs log.json: a content key that somebody could put there, to read what is encrypted with it, is not the log's. */
function keyBeside(path: string | undefined, key: CheckedOptions['key']): string | undefined {
  if (path === undefined || typeof key !== 'string') return undefined
  const real = realPath(path)
  return dirname(real) === dirname(realPath(key)) ? real : undefined
}

/** The log's signer; made for a new log. */
async function openKey(
  dir: string,
  origin: string,
  { key, origin: name }: CheckedOptions,
): Promise<{ signer: Signer; isNew: boolean }> {
  const file = await readLogFile(dir)
  if (file !== undefined && file.origin !== origin) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      `Expected \`origin\` to be ${file.origin}, as ${dir} was made, got ${origin}; another log needs a folder of its own`,
    )
  }
  const isNew = file === undefined
  const signer = await signerFrom(key, origin, name, isNew)
  if (isNew) {
    await writeLogFile(dir, { origin, key: typeof key === 'string' ? resolve(key) : null })
  }
  if ((await readPublicKeys(dir)).length === 0) await writePublicKeys(dir, [signer.key])
  return { signer, isNew }
}

/** A key that is made has the name of the log, with which its streams sign too. */
async function signerFrom(
  key: string | Signer,
  origin: string,
  name: string,
  isNew: boolean,
): Promise<Signer> {
  if (typeof key !== 'string') return renamedSigner(key, origin)
  const signer = isNew ? await readOrMakeKeyFile(key, name) : await readKeyFile(key)
  return renamedSigner(signer, origin)
}

/** Throws `AUDIT_DAMAGED` where the key in use did not sign the newest checkpoint: keys beside the log vouch for nothing. */
function checkSigned(
  dir: string,
  checkpoint: SignedCheckpoint | undefined,
  { key }: Signer,
  known: readonly VerifierKey[],
): void {
  const isInUse = known.at(-1)?.vkey === key.vkey
  if (checkpoint === undefined || !isInUse || isSignedBy(checkpoint, key)) return
  throw new AuditError(
    'AUDIT_DAMAGED',
    `Expected the newest checkpoint of ${dir}, of size ${checkpoint.size}, to be signed by the key in use, ${key.vkey}; verify the log, and restore checkpoints and public.vkey from a copy`,
  )
}

/** The key to which the last entry that was signed hands over. A crash may have come before it was written down beside the log. */
function handedOver(
  { reasons, signed }: Standing,
  checkpoint: SignedCheckpoint | undefined,
): VerifierKey | undefined {
  const last = reasons.find(
    ({ seq, action }) => seq === signed - 1 && action === 'audit.key_rotate',
  )
  if (last === undefined || checkpoint === undefined) return undefined
  const next = parseVerifierKey(String(last.sys?.new))
  return isSignedBy(checkpoint, next) ? next : undefined
}

function isSignedBy({ note }: SignedCheckpoint, key: VerifierKey): boolean {
  return verifyNote(note, [key]).verified.length > 0
}

/** Throws `AUDIT_KEY_INVALID` unless the signer's is the key in force. */
async function checkSigner(
  dir: string,
  known: readonly VerifierKey[],
  { key }: Signer,
  next: VerifierKey | undefined,
  options: CheckedOptions,
): Promise<void> {
  const current = next ?? known.at(-1)
  if (current?.vkey !== key.vkey)
    throw new AuditError(
      'AUDIT_KEY_INVALID',
      `Expected the key ${current?.vkey}, which is in force in ${dir}, got ${key.vkey}; give its key file`,
    )
  if (next !== undefined && next.vkey !== known.at(-1)?.vkey) await keepKey(dir, next, options.key)
}

/** What a writer does it signs before; what says so and is not signed may be by anybody, and counts for nothing from now on. */
function tellUnsigned(dir: string, { reasons, signed, head }: Standing): void {
  const found = reasons.filter(({ seq }) => seq >= signed)
  if (found.length === 0) return
  const list = found.slice(0, 10).map(({ seq, action }) => `${action} at ${seq}`)
  const more = found.length > list.length ? ', …' : ''
  warn(
    'AUDIT_UNSIGNED',
    `In ${dir} nobody signed the entries from ${signed} to ${head.seq - 1}, with ${list.join(', ')}${more}: these count for nothing. Do again what was yours, and verify the log`,
  )
}

async function assemble(
  dir: string,
  origin: string,
  options: CheckedOptions,
  lock: Lock,
  signer: Signer,
  standing: Standing,
  boot: string,
): Promise<AuditLog> {
  const { tree, segment: place } = standing
  const head = heldHead(standing, options.clock())
  const isSynced = options.durability !== 'os'
  const disk = new DiskSpace(dir, options.reserveBytes, options.diskStages)
  await disk.open()
  const segment = place && (await SegmentFile.reopen(dir, place.first, place.end))
  const { segmentBytes } = options
  const onRotate = (): void => void checkpoints.sign(true).catch(() => undefined)
  const segments = new SegmentWriter({ dir, segment, segmentBytes, isSynced, onRotate })
  const queue = new CommitQueue({ ...options, origin, head, tree, segments, disk })
  const epoch = standing.epoch + 1
  const checkpoints = new Checkpoints({
    dir,
    origin,
    queue,
    segments,
    signer,
    boot,
    epoch,
    isSynced,
  })
  const shipping = new Shipping(options, checkpoints)
  const content = new EventContent(dir, origin, options)
  const holds = new HoldsInForce(
    dir,
    () => checkpoints.sign(true),
    () => readParentHolds(dir, origin, options),
  )
  return new AuditLog({
    dir,
    origin,
    options,
    lock,
    queue,
    segments,
    checkpoints,
    content,
    holds,
    shipping,
  })
}

/** Time is held at what was signed: a later one that nobody has signed may be by anybody, and would never expire. */
function heldHead({ head, signed, signedTime }: Standing, now: number): ChainHead {
  const isHeld = head.seq === signed || head.time <= now
  return { ...head, time: isHeld ? Math.max(head.time, signedTime) : signedTime }
}

function genesis(signer: Signer, { previous }: CheckedOptions): SystemEntry {
  const nonce = randomBytes(32).toString('hex')
  const sys = { hash: 'sha-256', keys: [signer.key.vkey], nonce, ...(previous && { previous }) }
  return { action: 'audit.genesis', sys }
}

function opening(
  options: CheckedOptions,
  { epoch, isUnclean, signed }: Standing,
  boot: string,
): SystemEntry {
  const sys = {
    boot,
    durability: options.durability,
    epoch: epoch + 1,
    host: hostname(),
    pid: process.pid,
    ...(options.pseudonyms && { pseudonyms: true }),
    signed,
    unclean: isUnclean,
    version: `node ${process.versions.node}`,
  }
  return { action: 'audit.open', sys }
}

/** Names this start of the machine, after which nothing in memory has got lost; a random name where the system does not tell. */
function bootId(): string {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    return createHash('sha256').update(id).digest('hex').slice(0, 16)
  } catch {
    return randomBytes(8).toString('hex')
  }
}

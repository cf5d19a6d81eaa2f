import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '@recount/audit'
import type { LockCount } from './lock-state.ts'
import { digits } from './object-keys.ts'
import type { ObjectStore } from './object-store.ts'
import { type ChosenObject, listLog, type Pins } from './object-versions.ts'
import { unpackLines } from './packed-lines.ts'
import { SegmentRestorer } from './segment-restorer.ts'
import { sha256 } from './sha256.ts'
import type { StoreFindings } from './store-findings.ts'
import type { StoredObject } from './stored-object.ts'
import { readIfThere } from './whole-file.ts'

/** No object of ours has more; one that has is no reason to run out of memory. */
const MOST_BYTES = 512 * 1024 * 1024
/** Read ahead: so many objects, of so many bytes together. */
const READ_AHEAD = 8
const READ_AHEAD_BYTES = 128 * 1024 * 1024

/** What a log is fetched with. */
export interface FetchOptions {
  readonly pins: Pins | undefined
  readonly findings: StoreFindings
  readonly locks: LockCount
  /** Whether an object without a lock is a failure. */
  readonly requireLock: boolean
  readonly onBytes: (bytes: number) => void
}

/** A log that was fetched. */
export interface FetchedLog {
  readonly objects: number
  readonly versions: number
  readonly streams: readonly string[]
  /** The newest kept checkpoint: until when it is locked, and in which mode. */
  readonly newest: { readonly size: number; readonly object: StoredObject } | undefined
}

/** Writes a log from the store into a folder, as `docs/audit-format.md` has it; what cannot be read is a finding. Throws `S3_LOG_NOT_FOUND`. */
export async function fetchLog(
  store: ObjectStore,
  dir: string,
  options: FetchOptions,
): Promise<FetchedLog> {
  const listing = await listLog(store, options.pins, options.findings)
  for (const name of ['checkpoints', 'hashes', 'anchors'])
    await mkdir(join(dir, name), { recursive: true })
  const target: Target = { dir, segments: new SegmentRestorer(dir), options, newest: undefined }
  const isFit = ({ size }: ChosenObject): boolean => size <= MOST_BYTES
  for (const { key } of listing.objects.filter((chosen) => !isFit(chosen)))
    options.findings.failure('MODIFIED', key, 'it is larger than any object of a log')
  for await (const { chosen, object } of fetched(store, inOrder(listing.objects.filter(isFit))))
    await place(chosen, object, target)
  await target.segments.close()
  const log = { key: null, origin: target.origin, pseudonyms: target.pseudonyms, v: 1 }
  await writeFile(join(dir, 'log.json'), `${JSON.stringify(log)}\n`)
  const { objects, versions, streams } = listing
  return { objects: objects.length, versions, streams, newest: target.newest }
}

interface Target {
  readonly dir: string
  readonly segments: SegmentRestorer
  readonly options: FetchOptions
  newest: FetchedLog['newest']
  origin?: string
  pseudonyms?: true
}

/** Entries and keys by their position; the newest checkpoint last. */
function inOrder(objects: readonly ChosenObject[]): ChosenObject[] {
  return objects.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** Objects in their order, a few of them read ahead. */
async function* fetched(
  store: ObjectStore,
  objects: readonly ChosenObject[],
): AsyncGenerator<{ chosen: ChosenObject; object: StoredObject | undefined }> {
  const waiting: { chosen: ChosenObject; reading: Promise<StoredObject | undefined> }[] = []
  let bytes = 0
  for (const chosen of objects) {
    while (
      waiting.length === READ_AHEAD ||
      (waiting.length > 0 && bytes + chosen.size > READ_AHEAD_BYTES)
    ) {
      const next = waiting.shift() as (typeof waiting)[number]
      yield { chosen: next.chosen, object: await next.reading }
      bytes -= next.chosen.size
    }
    const reading = store.get(chosen.key, chosen.version)
    reading.catch(() => undefined)
    waiting.push({ chosen, reading })
    bytes += chosen.size
  }
  for (const { chosen, reading } of waiting) yield { chosen, object: await reading }
}

async function place(
  { key, kind, sha256: pinned }: ChosenObject,
  object: StoredObject | undefined,
  target: Target,
): Promise<void> {
  const { dir, options } = target
  const { findings, locks, requireLock } = options
  if (object === undefined) return findings.failure('DELETED', key, 'was listed and is not there')
  const { body } = object
  options.onBytes(body.length)
  const sum = sha256(body)
  if ((pinned ?? object.sha256 ?? sum) !== sum)
    findings.failure('MODIFIED', key, 'its bytes do not have the SHA-256 that was kept for it')
  const isLocked = kind.kind === 'head' || locks.add(object.lock, Date.now())
  if (requireLock && !isLocked) findings.failure('UNLOCKED', key, 'it can be deleted')
  switch (kind.kind) {
    case 'entries':
      return placeEntries(key, kind, body, target)
    case 'hashes':
      return writeFile(join(dir, 'hashes', `${digits(kind.first)}.bin`), body)
    case 'kept':
      return writeFile(join(dir, 'hashes', `${digits(kind.first)}.kept`), body)
    case 'checkpoint':
      return placeCheckpoint(key, kind.size, object, target)
    case 'anchor':
      return placeAnchor(kind, body, target)
    case 'key':
      return appendFile(join(dir, 'public.vkey'), body)
    case 'pseudonyms':
      target.pseudonyms = true
      return
    case 'log':
      return placeIdentity(key, body, target)
    default:
      return placeHead(key, body, target)
  }
}

async function placeEntries(
  key: string,
  { first, last }: { first: number; last: number },
  body: Buffer,
  { segments, options }: Target,
): Promise<void> {
  const { findings } = options
  try {
    const lines = await unpackLines(body, MOST_BYTES)
    const isSame = await segments.add(first, lines)
    if (!isSame)
      findings.failure(
        'MODIFIED',
        key,
        'it has other entries than another object of the same range',
      )
    if (countLines(lines) !== last - first + 1)
      findings.failure('MODIFIED', key, 'it does not have as many entries as its name says')
  } catch (error) {
    findings.failure('MODIFIED', key, `it cannot be unpacked: ${(error as Error).message}`)
  }
}

async function placeCheckpoint(
  key: string,
  size: number,
  object: StoredObject,
  target: Target,
): Promise<void> {
  await writeFile(join(target.dir, 'checkpoints', `${digits(size)}.note`), object.body)
  if (readSize(object.body) !== size)
    return target.options.findings.failure('MODIFIED', key, 'it is no checkpoint of that size')
  if (size < (target.newest?.size ?? 0)) return
  target.newest = { size, object }
  await placeNewest(size, object.body, target)
}

/** The larger of the head and the kept checkpoints: a crash leaves the head behind, somebody who cuts the log leaves it ahead. */
async function placeHead(key: string, body: Buffer, target: Target): Promise<void> {
  const size = readSize(body)
  if (size === undefined)
    return target.options.findings.failure('MODIFIED', key, 'it is no checkpoint')
  await placeNewest(size, body, target)
}

async function placeNewest(size: number, body: Buffer, { dir }: Target): Promise<void> {
  const path = join(dir, 'checkpoint')
  const there = await readIfThere(path)
  if (there === undefined || size >= (readSize(there) ?? 0)) await writeFile(path, body)
}

/** Cosignatures of one checkpoint are lines of one file; of several time stamps one is kept. */
async function placeAnchor(
  { size, form }: { size: number; form: 'tsr' | 'cosig' },
  body: Buffer,
  { dir }: Target,
): Promise<void> {
  const path = join(dir, 'anchors', `${digits(size)}.${form}`)
  if (form === 'tsr') return writeFile(path, body)
  const there = String((await readIfThere(path)) ?? '').split('\n')
  const lines = [...new Set([...there, ...body.toString().split('\n')])].filter(Boolean)
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
}

function placeIdentity(key: string, body: Buffer, target: Target): void {
  try {
    const { origin } = JSON.parse(body.toString())
    if (typeof origin === 'string') target.origin = origin
  } catch (error) {
    target.options.findings.failure(
      'MODIFIED',
      key,
      `it cannot be read: ${(error as Error).message}`,
    )
  }
}

function readSize(note: Buffer): number | undefined {
  try {
    return parseCheckpoint(note).size
  } catch {
    return undefined
  }
}

function countLines(lines: Buffer): number {
  let count = 0
  for (let at = lines.indexOf(0x0a); at >= 0; at = lines.indexOf(0x0a, at + 1)) count += 1
  return count
}

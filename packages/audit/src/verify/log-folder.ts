import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { firstOf } from '../entry.ts'
import { AuditError } from '../errors.ts'
import type { AuditFinding } from './findings.ts'
import { isAbsent, isThere, readSmall } from './small-file.ts'

/** A range of entries as it lies in the folder: the entries themselves, their hashes, or both. */
export interface LogPart {
  /** Sequence number of the first entry. */
  readonly first: number
  readonly segment: string | null
  readonly hashes: string | null
  readonly bytes: number
  /** When it was last written to, milliseconds since 1970. */
  readonly changed: number
}

/** What the list of a folder's files tells already: what is there and is none of the log's, or cannot be read. */
export type FolderFault = Pick<AuditFinding, 'code' | 'severity' | 'detail'>

/** What a log's folder has (docs/audit-format.md). */
export interface LogFolder {
  readonly dir: string
  /** The newest checkpoint as it was before the entries were listed, so that they have all that it was signed over. */
  readonly checkpoint: Buffer | undefined
  /** In their order. */
  readonly parts: readonly LogPart[]
  /** Sizes of the checkpoints that are kept, ascending. */
  readonly checkpoints: readonly number[]
  readonly faults: readonly FolderFault[]
  readonly bytes: number
}

/** A folder in which a writer is at work may change while it is listed. */
const TRIES = 10

/** Lists a log's folder. Throws `AUDIT_LOG_NOT_FOUND` where there is no log, `AUDIT_LOG_CHANGED`. */
export async function readLogFolder(dir: string): Promise<LogFolder> {
  for (let tries = 1; tries < TRIES; tries += 1) {
    try {
      return await listLogFolder(dir)
    } catch (error) {
      if (!isLogChanged(error)) throw error
    }
  }
  return listLogFolder(dir)
}

/** What a stream may be called; other names in the folder say nothing. */
const STREAM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Names of the logs below a log, and what is among them and is none. List them after the log has been read: then all are there that it names. */
export async function readStreamNames(
  dir: string,
): Promise<{ names: readonly string[]; faults: readonly FolderFault[] }> {
  const faults: FolderFault[] = []
  const found = await listedIn(dir, 'streams', faults)
  const names: string[] = []
  for (const name of found.toSorted()) {
    const info = await stat(join(dir, 'streams', name)).catch(unlessAbsent)
    if (info?.isDirectory()) names.push(name)
    else if (info === undefined)
      faults.push(failure('TRUNCATED', `streams/${name} is a link that leads nowhere`))
    else if (STREAM.test(name)) faults.push(failure('TRUNCATED', `streams/${name} is no folder`))
  }
  return { names, faults }
}

/** Says that something that was listed is not there any more. */
export function logChanged(path: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_CHANGED',
    `Expected ${path} to stay while the log is read; a writer is at work: try again`,
  )
}

/** Whether an error says so. */
export function isLogChanged(error: unknown): boolean {
  return error instanceof AuditError && error.code === 'AUDIT_LOG_CHANGED'
}

async function listLogFolder(dir: string): Promise<LogFolder> {
  const faults: FolderFault[] = []
  // A checkpoint is there before what others say about it, so it is listed after that.
  const anchors = await listedIn(dir, 'anchors', faults)
  // Signed after the entries are durable, so it is read before they are listed.
  const { bytes: checkpoint, fault } = readSmall(join(dir, 'checkpoint'))
  if (fault !== undefined) faults.push(failure('SIGNATURE', `the file checkpoint ${fault}`))
  const notes = await listedIn(dir, 'checkpoints', faults)
  const names = await namesIn(dir)
  if (names === undefined) throw notFound(dir, 'there is no such folder')
  const segments = await segmentsIn(dir, names, faults)
  // After the segments: who deletes one has written its hashes before.
  const bins = await listedIn(dir, 'hashes', faults)
  if (!isLog(names, notes, bins)) throw notFound(dir)
  const parts = partsOf(segments, await hashesIn(dir, bins, faults))
  const checkpoints = numbersIn(notes, NOTE, failing(faults, 'SIGNATURE', 'checkpoints'))
  faults.push(...anchorFaults(anchors, new Set(notes)))
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return { dir, checkpoint, parts, checkpoints, faults, bytes }
}

const SEGMENT = /^\d{20}\.jsonl(\.recovering)?$/
const NOTE = /^(\d{20})\.note$/
const BIN = /^(\d{20})\.bin$/
const ANCHOR = /^(\d{20})\.(?:tsr|cosig)$/

/** Whether there is anything that only a log has. */
function isLog(
  names: readonly string[],
  notes: readonly string[],
  bins: readonly string[],
): boolean {
  return (
    names.some((name) => name === 'checkpoint' || SEGMENT.test(name)) ||
    notes.some((name) => NOTE.test(name)) ||
    bins.some((name) => BIN.test(name))
  )
}

/** What others said is about a checkpoint that was kept for it. */
function anchorFaults(anchors: readonly string[], notes: ReadonlySet<string>): FolderFault[] {
  return anchors.flatMap((name) => {
    const size = ANCHOR.exec(name)?.[1]
    if (size === undefined || notes.has(`${size}.note`)) return []
    return failure('SIGNATURE', `anchors/${name} is about a checkpoint that is not there`)
  })
}

function partsOf(
  segments: ReadonlyMap<number, FoundFile>,
  hashes: ReadonlyMap<number, FoundFile>,
): LogPart[] {
  const firsts = [...new Set([...segments.keys(), ...hashes.keys()])].sort((a, b) => a - b)
  return firsts.flatMap((first) => {
    const segment = segments.get(first)
    const bin = hashes.get(first)
    const info = segment?.info ?? bin?.info
    if (info === undefined) return []
    const { size: bytes, mtimeMs: changed } = info
    return [{ first, segment: segment?.path ?? null, hashes: bin?.path ?? null, bytes, changed }]
  })
}

interface FoundFile {
  readonly path: string
  readonly info: Stats
}

async function segmentsIn(
  dir: string,
  names: readonly string[],
  faults: FolderFault[],
): Promise<Map<number, FoundFile>> {
  const files = new Map<number, string>()
  // A segment that recovery had taken aside when it was interrupted; what recovery made of it wins.
  const aside = names.filter((name) => name.endsWith('.jsonl.recovering'))
  for (const name of [...aside, ...names.filter((other) => other.endsWith('.jsonl'))]) {
    const first = firstOf(name.replace(/\.recovering$/, ''))
    if (first !== undefined) files.set(first, name)
    else if (name.endsWith('.jsonl')) faults.push(await strayFault(dir, name))
  }
  return regularFiles(dir, files, faults)
}

/** A name that ends as segments' do, and is none's. */
async function strayFault(dir: string, name: string): Promise<FolderFault> {
  const info = await stat(join(dir, name)).catch(unlessAbsent)
  const isEmpty = info?.isFile() && info.size === 0
  if (/^\d{20}\.jsonl$/.test(name))
    return failure('GAP', `the segment ${name} does not follow the last entry before it`)
  if (isEmpty)
    return { code: 'FORK', severity: 'note', detail: `the empty file ${name} is no segment` }
  return failure('FORK', `the file ${name} is no segment: what is in it is outside of the log`)
}

async function hashesIn(
  dir: string,
  bins: readonly string[],
  faults: FolderFault[],
): Promise<Map<number, FoundFile>> {
  const numbers = numbersIn(bins, BIN, failing(faults, 'GAP', 'hashes'))
  const files = numbers.map((first): [number, string] => [
    first,
    join('hashes', `${String(first).padStart(20, '0')}.bin`),
  ])
  return regularFiles(dir, new Map(files), faults)
}

/** Those that are files. A pipe, a device or a link that leads nowhere is told. */
async function regularFiles(
  dir: string,
  files: ReadonlyMap<number, string>,
  faults: FolderFault[],
): Promise<Map<number, FoundFile>> {
  const found = new Map<number, FoundFile>()
  for (const [first, name] of files) {
    const path = join(dir, name)
    const info = await stat(path).catch(unlessAbsent)
    if (info?.isFile()) found.set(first, { path, info })
    else if (info === undefined && !isThere(path)) throw logChanged(path)
    else faults.push(failure('GAP', `${name} is no regular file, and is not read`))
  }
  return found
}

function numbersIn(
  names: readonly string[],
  form: RegExp,
  onTooLarge: (name: string) => void,
): number[] {
  const numbers = names.flatMap((name) => {
    const digits = form.exec(name)?.[1]
    if (digits === undefined) return []
    if (Number.isSafeInteger(Number(digits))) return [Number(digits)]
    onTooLarge(name)
    return []
  })
  return numbers.sort((a, b) => a - b)
}

function failing(
  faults: FolderFault[],
  code: FolderFault['code'],
  folder: string,
): (name: string) => void {
  return (name) =>
    void faults.push(failure(code, `${folder}/${name} has a number that no log reaches`))
}

/** The names in a folder of the log's; none where it does not exist. */
async function listedIn(dir: string, folder: string, faults: FolderFault[]): Promise<string[]> {
  const path = join(dir, folder)
  const names = await namesIn(path)
  if (names === undefined && isThere(path))
    faults.push(failure(FOLDER_CODES[folder] ?? 'GAP', `${folder} is no folder`))
  return names ?? []
}

const FOLDER_CODES: Readonly<Record<string, FolderFault['code']>> = {
  anchors: 'SIGNATURE',
  checkpoints: 'SIGNATURE',
  hashes: 'GAP',
  streams: 'TRUNCATED',
}

/** What is in a folder. A name that changes while it is listed may be missed once, not twice. */
async function namesIn(dir: string): Promise<string[] | undefined> {
  try {
    return [...new Set([...(await readdir(dir)), ...(await readdir(dir))])]
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}

function failure(code: FolderFault['code'], detail: string): FolderFault {
  return { code, severity: 'failure', detail }
}

function notFound(dir: string, why = 'found no segment and no checkpoint'): AuditError {
  return new AuditError('AUDIT_LOG_NOT_FOUND', `Expected an audit log in ${dir}, ${why}`)
}

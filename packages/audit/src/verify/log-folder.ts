import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { firstOf } from '../entry.ts'
import { AuditError } from '../errors.ts'

/** A range of entries as it lies in the folder: the entries themselves, their hashes, or both. */
export interface LogPart {
  /** Sequence number of the first entry. */
  readonly first: number
  readonly segment: string | null
  readonly hashes: string | null
  readonly bytes: number
}

/** What a log's folder has (docs/audit-format.md). */
export interface LogFolder {
  readonly dir: string
  /** In their order. */
  readonly parts: readonly LogPart[]
  /** Sizes of the checkpoints that are kept, ascending. */
  readonly checkpoints: readonly number[]
  /** Names of the logs below this one. */
  readonly streams: readonly string[]
  readonly bytes: number
}

/** Lists a log's folder. Throws `AUDIT_LOG_NOT_FOUND` where there is no log. */
export async function readLogFolder(dir: string): Promise<LogFolder> {
  const names = await namesIn(dir)
  if (names === undefined) throw notFound(dir)
  const parts = await partsIn(dir, names)
  const checkpoints = numbersIn(await namesIn(join(dir, 'checkpoints')), /^(\d{20})\.note$/)
  if (parts.length === 0 && checkpoints.length === 0 && !names.includes('checkpoint'))
    throw notFound(dir)
  const streams = await foldersIn(join(dir, 'streams'))
  return {
    dir,
    parts,
    checkpoints,
    streams,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function partsIn(dir: string, names: readonly string[]): Promise<LogPart[]> {
  const segments = new Map<number, string>()
  // A segment that recovery had taken aside when it was interrupted; what recovery made of it wins.
  for (const name of names.filter((found) => found.endsWith('.jsonl.recovering')))
    addSegment(segments, name.slice(0, -'.recovering'.length), name)
  for (const name of names) addSegment(segments, name, name)
  const hashes = numbersIn(await namesIn(join(dir, 'hashes')), /^(\d{20})\.bin$/)
  const firsts = [...new Set([...segments.keys(), ...hashes])].sort((a, b) => a - b)
  return Promise.all(
    firsts.map(async (first) => {
      const name = segments.get(first)
      const segment = name === undefined ? null : join(dir, name)
      const bin = join(dir, 'hashes', `${String(first).padStart(20, '0')}.bin`)
      const { size } = await stat(segment ?? bin)
      return { first, segment, hashes: hashes.includes(first) ? bin : null, bytes: size }
    }),
  )
}

function addSegment(segments: Map<number, string>, name: string, file: string): void {
  const first = firstOf(name)
  if (first !== undefined) segments.set(first, file)
}

function numbersIn(names: readonly string[] | undefined, form: RegExp): number[] {
  const numbers = (names ?? []).flatMap((name) => {
    const digits = form.exec(name)?.[1]
    return digits !== undefined && Number.isSafeInteger(Number(digits)) ? [Number(digits)] : []
  })
  return numbers.sort((a, b) => a - b)
}

async function foldersIn(dir: string): Promise<string[]> {
  const names = (await namesIn(dir)) ?? []
  const kinds = await Promise.all(names.map((name) => stat(join(dir, name))))
  return names.filter((_, at) => kinds[at]?.isDirectory()).sort()
}

async function namesIn(dir: string): Promise<string[] | undefined> {
  try {
    return await readdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function notFound(dir: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_NOT_FOUND',
    `Expected an audit log in ${dir}, found no segment and no checkpoint`,
  )
}

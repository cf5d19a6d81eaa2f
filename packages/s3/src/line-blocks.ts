import { type FileHandle, open, readFile } from 'node:fs/promises'
import { AuditError, type LogPart, readLogFolder } from '@recount/audit'

/** Neighbouring entries of a log as they lie in its folder, in whole lines. */
export interface LogBlock {
  /** `hashes`: expired ones, of which the leaf hashes are left. */
  readonly kind: 'entries' | 'hashes'
  readonly first: number
  readonly count: number
  /** Good until the next block is asked for: the memory is used again. */
  readonly bytes: Buffer
  /** Of a whole range of hashes: lines that stayed of it. */
  readonly kept?: Buffer
}

/** Which entries are read, and how they are divided. */
export interface BlockRange {
  readonly from: number
  /** Not included. */
  readonly to: number
  /** Bytes of entries in a block, about; never more than 1 MiB. */
  readonly most: number
  /** Sequence numbers at which a block has to begin. */
  readonly cuts?: ReadonlySet<number>
}

const LF = 0x0a
const BLOCK_BYTES = 1024 * 1024
/** No line of a log is longer. */
const LINE_BYTES = 64 * 1024
const HASH_BYTES = 32

/** The entries of a log, block by block. Nothing is verified but that they are there: throws `AUDIT_DAMAGED`. */
export async function* readBlocks(dir: string, range: BlockRange): AsyncGenerator<LogBlock> {
  const { parts } = await readLogFolder(dir)
  const memory = Buffer.allocUnsafe(BLOCK_BYTES + LINE_BYTES)
  let next = range.from
  for (const [at, part] of parts.entries()) {
    const to = Math.min(parts[at + 1]?.first ?? Number.POSITIVE_INFINITY, range.to)
    if (part.first > next) break
    for await (const block of readPart(part, { ...range, from: next, to }, memory)) {
      next += block.count
      yield block
    }
  }
  if (next >= range.to) return
  throw new AuditError('AUDIT_DAMAGED', `${dir}: entry ${next} is missing; restore it from a copy`)
}

async function* readPart(
  part: LogPart,
  range: BlockRange,
  memory: Buffer,
): AsyncGenerator<LogBlock> {
  if (range.from >= range.to) return
  if (part.segment === null) {
    yield await expired(part, range)
    return
  }
  const file = await open(part.segment, 'r')
  try {
    yield* readSegment(file, range.from - part.first, range, memory)
  } finally {
    await file.close()
  }
}

/** As many lines of the range as the segment has. */
async function* readSegment(
  file: FileHandle,
  skip: number,
  range: BlockRange,
  memory: Buffer,
): AsyncGenerator<LogBlock> {
  let position = await endOfLines(file, skip, memory)
  let first = range.from
  let filled = 0
  while (first < range.to) {
    const room = memory.length - filled
    const { bytesRead } = await file.read(memory, filled, room, position)
    // Shorter than the names say, or with a line that is none.
    if (bytesRead === 0) return
    position += bytesRead
    filled += bytesRead
    let start = 0
    for (;;) {
      const { count, end } = takeLines(memory.subarray(0, filled), start, first, range)
      if (count === 0) break
      yield { kind: 'entries', first, count, bytes: memory.subarray(start, end) }
      first += count
      start = end
    }
    memory.copyWithin(0, start, filled)
    filled -= start
  }
}

/** Whole lines up to the end of the range, a cut, or enough bytes. */
function takeLines(
  bytes: Buffer,
  start: number,
  first: number,
  { to, most, cuts }: BlockRange,
): { count: number; end: number } {
  const enough = start + Math.min(most, BLOCK_BYTES)
  let count = 0
  let end = start
  while (first + count < to && end < enough) {
    const stop = bytes.indexOf(LF, end)
    if (stop < 0) break
    end = stop + 1
    count += 1
    if (cuts?.has(first + count)) break
  }
  return { count, end }
}

/** Where so many lines of a file end. */
async function endOfLines(file: FileHandle, count: number, memory: Buffer): Promise<number> {
  let position = 0
  let left = count
  while (left > 0) {
    const { bytesRead } = await file.read(memory, 0, memory.length, position)
    if (bytesRead === 0) return position
    const bytes = memory.subarray(0, bytesRead)
    let end = 0
    for (let stop = bytes.indexOf(LF); stop >= 0 && left > 0; stop = bytes.indexOf(LF, end)) {
      end = stop + 1
      left -= 1
    }
    position += left === 0 ? end : bytesRead
  }
  return position
}

async function expired({ first, hashes }: LogPart, { from, to }: BlockRange): Promise<LogBlock> {
  const all = hashes === null ? Buffer.alloc(0) : await readFile(hashes)
  const last = Math.min(to - first, Math.floor(all.length / HASH_BYTES))
  const bytes = all.subarray((from - first) * HASH_BYTES, last * HASH_BYTES)
  const kept = from === first && hashes !== null ? await keptBeside(hashes) : undefined
  const block = { first: from, count: bytes.length / HASH_BYTES, bytes }
  return { kind: 'hashes', ...block, ...(kept !== undefined && { kept }) }
}

async function keptBeside(hashes: string): Promise<Buffer | undefined> {
  return readFile(hashes.replace(/\.bin$/, '.kept')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

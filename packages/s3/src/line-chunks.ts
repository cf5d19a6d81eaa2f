import { open, readFile } from 'node:fs/promises'
import { AuditError, type LogPart, readLogFolder } from '@recount/audit'

/** Neighbouring entries of a log as they lie in its folder. */
export type LogChunk =
  | {
      readonly kind: 'entries'
      readonly first: number
      readonly count: number
      readonly bytes: Buffer
    }
  /** Expired ones, of which the leaf hashes are left. */
  | {
      readonly kind: 'hashes'
      readonly first: number
      readonly count: number
      readonly bytes: Buffer
    }

const LF = 0x0a
const MOST_READ_BYTES = 1024 * 1024
const HASH_BYTES = 32

/** The entries from `from` up to but not including `to`, in chunks of whole lines, with a new one at each of the `cuts`. Nothing is verified but that they are there: throws `AUDIT_DAMAGED`. */
export async function* readChunks(
  dir: string,
  from: number,
  to: number,
  most: number,
  cuts: ReadonlySet<number> = new Set(),
): AsyncGenerator<LogChunk> {
  let next = from
  let gathered = new Gathered(from)
  for await (const piece of readPieces(dir, { from, to, most, cuts })) {
    if (piece.first !== next) break
    next += piece.count
    if (piece.kind === 'entries') gathered.add(piece)
    const isFull = piece.kind === 'hashes' || gathered.bytes >= most || cuts.has(next)
    if (!isFull) continue
    if (gathered.count > 0) yield gathered.chunk()
    if (piece.kind === 'hashes') yield piece
    gathered = new Gathered(next)
  }
  if (gathered.count > 0) yield gathered.chunk()
  if (next < to)
    throw new AuditError(
      'AUDIT_DAMAGED',
      `${dir}: entry ${next} is missing; restore it from a copy`,
    )
}

interface Range {
  readonly from: number
  readonly to: number
  readonly most: number
  readonly cuts: ReadonlySet<number>
}

/** What the parts of the folder have of a range; no piece goes beyond a cut. */
async function* readPieces(dir: string, range: Range): AsyncGenerator<LogChunk> {
  const { parts } = await readLogFolder(dir)
  for (const [at, part] of parts.entries()) {
    const start = Math.max(part.first, range.from)
    const end = Math.min(parts[at + 1]?.first ?? Number.POSITIVE_INFINITY, range.to)
    const inside = [...range.cuts].filter((cut) => cut > start && cut < end)
    const bounds = [start, ...inside.sort((a, b) => a - b), end]
    for (const [index, first] of bounds.slice(0, -1).entries()) {
      const last = bounds[index + 1] as number
      if (last > first) yield* readPart(part, first, last, Math.min(MOST_READ_BYTES, range.most))
    }
  }
}

async function* readPart(
  part: LogPart,
  start: number,
  end: number,
  blockBytes: number,
): AsyncGenerator<LogChunk> {
  if (part.segment === null) {
    yield await expired(part, start, end)
    return
  }
  let first = start
  for await (const lines of linesOf(part.segment, blockBytes, start - part.first, end - start)) {
    yield { kind: 'entries', first, ...lines }
    first += lines.count
  }
}

/** Lines that become one chunk. */
class Gathered {
  readonly #first: number
  readonly #parts: Buffer[] = []
  count = 0
  bytes = 0

  constructor(first: number) {
    this.#first = first
  }

  add({ bytes, count }: Lines): void {
    this.#parts.push(bytes)
    this.count += count
    this.bytes += bytes.length
  }

  chunk(): LogChunk {
    const { count } = this
    return { kind: 'entries', first: this.#first, count, bytes: Buffer.concat(this.#parts) }
  }
}

interface Lines {
  readonly bytes: Buffer
  readonly count: number
}

/** So many whole lines of a file behind those that are skipped, as blocks; fewer where the file has fewer. */
async function* linesOf(
  path: string,
  blockBytes: number,
  skip: number,
  count: number,
): AsyncGenerator<Lines> {
  const file = await open(path, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    let skipped = 0
    let taken = 0
    while (taken < count) {
      const block = Buffer.allocUnsafe(blockBytes)
      const { bytesRead } = await file.read(block, 0, blockBytes)
      if (bytesRead === 0) return
      const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)])
      const found = split(bytes, skip - skipped, count - taken)
      skipped += found.skipped
      taken += found.count
      rest = bytes.subarray(found.end)
      if (found.count > 0)
        yield { bytes: bytes.subarray(found.start, found.end), count: found.count }
    }
  } finally {
    await file.close()
  }
}

interface Split {
  readonly skipped: number
  readonly count: number
  readonly start: number
  readonly end: number
}

function split(bytes: Buffer, skip: number, most: number): Split {
  let skipped = 0
  let count = 0
  let start = 0
  let end = 0
  while (count < most) {
    const stop = bytes.indexOf(LF, end)
    if (stop < 0) break
    end = stop + 1
    if (skipped < skip) {
      skipped += 1
      start = end
    } else {
      count += 1
    }
  }
  return { skipped, count, start, end }
}

async function expired({ first, hashes }: LogPart, next: number, end: number): Promise<LogChunk> {
  const all = hashes === null ? Buffer.alloc(0) : await readFile(hashes)
  const last = Math.min(end - first, Math.floor(all.length / HASH_BYTES))
  const bytes = all.subarray((next - first) * HASH_BYTES, last * HASH_BYTES)
  return { kind: 'hashes', first: next, count: bytes.length / HASH_BYTES, bytes }
}

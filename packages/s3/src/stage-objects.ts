import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Frontier, growTree } from '@recount/audit'
import { type LogBlock, readBlocks } from './line-blocks.ts'
import { entriesKey, hashesKey, keptKey } from './object-keys.ts'
import { GZIP_TYPE, LinePacker, unpackPieces } from './packed-lines.ts'
import { sha256 } from './sha256.ts'

/** An object that waits in a file, so that every attempt sends the same bytes. */
export interface StagedObject {
  readonly key: string
  readonly file: string
  /** Base64. */
  readonly sha256: string
  readonly type: string
  /** When the last entry in it was written; ISO 8601. */
  readonly time: string
}

/** Which entries go into which files. */
export interface StageRange {
  /** The log's folder. */
  readonly dir: string
  /** The folder for the files. */
  readonly folder: string
  /** Not included. */
  readonly to: number
  /** Bytes of entries in one object. */
  readonly objectBytes: number
  /** Sequence numbers at which a new object has to begin. */
  readonly cuts: ReadonlySet<number>
}

const HASH_BYTES = 32
const KEPT_TYPE = 'application/x-ndjson'

/** Packs the entries behind the tree into files, and lets the tree grow by what lies in the files. Throws `AUDIT_DAMAGED`. */
export async function stageObjects(tree: Frontier, range: StageRange): Promise<StagedObject[]> {
  const { dir, folder, to, objectBytes: most, cuts } = range
  const objects: StagedObject[] = []
  let checking = Promise.resolve()
  const stage = async (staged: Packed): Promise<void> => {
    const file = join(folder, staged.key.slice(staged.key.indexOf('/') + 1))
    // Not synced: what a power failure leaves of it does not have the sum that is kept for it, and is staged anew.
    await writeFile(file, staged.bytes, { mode: 0o640 })
    const bytes = await readFile(file)
    const { key, time, type } = staged
    objects.push({ key, file, sha256: sha256(bytes), type, time })
    await checking
    // While the next one is packed.
    checking = grow(tree, type, bytes)
    checking.catch(() => undefined)
  }
  let gathering: Gathering | undefined
  try {
    for await (const block of readBlocks(dir, { from: tree.size, to, most, cuts })) {
      if (block.kind === 'hashes') {
        if (gathering !== undefined) await stage(await gathering.end())
        gathering = undefined
        await stage(packedHashes(block))
        if (block.kept !== undefined) await stage(packedKept(block.first, block.kept))
        continue
      }
      gathering ??= new Gathering(block.first)
      await gathering.add(block)
      if (gathering.bytes < most && !cuts.has(block.first + block.count)) continue
      await stage(await gathering.end())
      gathering = undefined
    }
    if (gathering !== undefined) await stage(await gathering.end())
  } finally {
    await checking
  }
  return objects
}

interface Packed {
  readonly key: string
  readonly bytes: Buffer
  readonly type: string
  readonly time: string
}

/** Entries that become one object. */
class Gathering {
  readonly #first: number
  readonly #packer = new LinePacker()
  #count = 0
  #last: Buffer = Buffer.alloc(0)
  bytes = 0

  constructor(first: number) {
    this.#first = first
  }

  async add({ count, bytes }: LogBlock): Promise<void> {
    this.#count += count
    this.bytes += bytes.length
    this.#last = Buffer.from(bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1))
    await this.#packer.add(bytes)
  }

  async end(): Promise<Packed> {
    const key = entriesKey(this.#first, this.#first + this.#count - 1)
    return {
      key,
      bytes: await this.#packer.end(),
      type: GZIP_TYPE,
      time: timeOf(this.#last),
    }
  }
}

function packedHashes({ first, bytes }: LogBlock): Packed {
  const time = new Date().toISOString()
  return { key: hashesKey(first), bytes, type: 'application/octet-stream', time }
}

function packedKept(first: number, bytes: Buffer): Packed {
  const time = new Date().toISOString()
  return { key: keptKey(first), bytes, type: KEPT_TYPE, time }
}

/** What is in the file, not what was read from the log: this is what is shipped. */
async function grow(tree: Frontier, type: string, bytes: Buffer): Promise<void> {
  // Their hashes are there too.
  if (type === KEPT_TYPE) return
  if (type === GZIP_TYPE) for await (const lines of unpackPieces(bytes)) growTree(tree, lines)
  else
    for (let at = 0; at < bytes.length; at += HASH_BYTES)
      tree.push(bytes.subarray(at, at + HASH_BYTES))
}

/** The time in a line; none that is still to come, as whoever can write to the folder could make a lock of it for a hundred years. */
function timeOf(line: Buffer): string {
  const now = new Date().toISOString()
  try {
    const { ts } = JSON.parse(line.toString()) as { ts?: unknown }
    if (typeof ts === 'string' && Date.parse(ts) < Date.parse(now)) return ts
  } catch {}
  return now
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from './checkpoint.ts'
import { AuditError } from './errors.ts'
import { Frontier, HASH_BYTES, leafHash, rootOf } from './merkle.ts'

/** Hashes in a full tile (C2SP tlog-tiles). */
const TILE_WIDTH = 256

/** What verifying a log of tiles found wrong; null where all fits. */
export type TilesFault = 'entries' | 'tile' | 'root' | null

/** Where a tile lies below the log's prefix: `tile/0/x001/234.p/17`. */
export function tilePath(
  level: number | 'entries',
  index: number,
  width: number = TILE_WIDTH,
): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** The entries of a bundle: each with its length before it, 2 bytes, big-endian. Throws `AUDIT_TILE_INVALID`. */
export function parseEntryBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = []
  let at = 0
  while (at < bundle.length) {
    const end = at + 2 + (at + 2 <= bundle.length ? bundle.readUInt16BE(at) : 0)
    if (at + 2 > bundle.length || end > bundle.length) throw invalid('whole entries')
    entries.push(bundle.subarray(at + 2, end))
    at = end
  }
  return entries
}

/** The hashes of a tile. Throws `AUDIT_TILE_INVALID`. */
function parseHashTile(tile: Buffer): Buffer[] {
  if (tile.length % HASH_BYTES !== 0) throw invalid(`whole hashes of ${HASH_BYTES} bytes`)
  return Array.from({ length: tile.length / HASH_BYTES }, (_, at) =>
    tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  )
}

/** Verifies a log in the form of C2SP tlog-tiles: every entry against its tile, every tile against the one above, all against the checkpoint's root. */
export async function verifyTiles(
  dir: string,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
): Promise<TilesFault> {
  const tree = new Frontier()
  for (let at = 0; at < size; at += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - at)
    const bundle = await readTile(dir, 'entries', at / TILE_WIDTH, width)
    const leaves = parseEntryBundle(bundle).slice(0, width).map(leafHash)
    if (leaves.length < width) return 'entries'
    const tile = parseHashTile(await readTile(dir, 0, at / TILE_WIDTH, width)).slice(0, width)
    if (!Buffer.concat(leaves).equals(Buffer.concat(tile))) return 'entries'
    for (const leaf of leaves) tree.push(leaf)
  }
  if (!(await levelsFit(dir, size))) return 'tile'
  return tree.root().equals(root) ? null : 'root'
}

/** Whether each hash above the lowest level is the root of a full tile below. */
async function levelsFit(dir: string, size: number): Promise<boolean> {
  let below = size
  for (let level = 1; ; level += 1) {
    const count = Math.floor(below / TILE_WIDTH)
    if (count === 0) return true
    for (let at = 0; at < count; at += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, count - at)
      const hashes = parseHashTile(await readTile(dir, level, at / TILE_WIDTH, width))
      for (let child = 0; child < width; child += 1) {
        const tile = await readTile(dir, level - 1, at + child, TILE_WIDTH)
        if (!rootOf(parseHashTile(tile)).equals(hashes[child] ?? Buffer.alloc(0))) return false
      }
    }
    below = count
  }
}

/** A partial tile may have been replaced by a wider one. */
async function readTile(
  dir: string,
  level: number | 'entries',
  index: number,
  width: number,
): Promise<Buffer> {
  try {
    return await readFile(join(dir, tilePath(level, index, width)))
  } catch (error) {
    if (width === TILE_WIDTH || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return readFile(join(dir, tilePath(level, index)))
  }
}

function invalid(expected: string): AuditError {
  return new AuditError('AUDIT_TILE_INVALID', `Expected a tile to have ${expected}; it was cut`)
}

import { leafHashWithin } from '../merkle.ts'
import { hashAt, readHashes } from './expired-parts.ts'
import { Findings } from './findings.ts'
import { readKept } from './kept-file.ts'
import { readLogFolder } from './log-folder.ts'
import { readSegment } from './segment-lines.ts'

/** Takes an entry's leaf hash (base64) and, where the entry is still there, its line. */
export type TakeLeaf = (leaf: string, seq: number, line: Buffer | null) => void

/** Hands over the leaves of a log's first `size` entries, expired ones too, and says how many there were. Nothing is verified. */
export async function readLeaves(dir: string, size: number, take: TakeLeaf): Promise<number> {
  const { parts } = await readLogFolder(dir)
  let seq = 0
  for (const { first, segment, hashes } of parts) {
    if (seq >= size || first !== seq) break
    if (segment !== null) {
      await readSegment(
        segment,
        (bytes, start, end) => {
          if (seq >= size) return false
          const leaf = leafHashWithin(bytes, start, end)
          take(leaf, seq, bytes.subarray(start, end))
          seq += 1
          return true
        },
        async () => {},
      )
    } else if (hashes !== null) {
      const file = await readHashes(hashes, first, new Findings())
      const { lines } = readKept(file, hashes, new Findings())
      for (let at = 0; at < file.count && seq < size; at += 1) {
        take(hashAt(file, at), seq, lines.get(seq) ?? null)
        seq += 1
      }
    }
  }
  return seq
}

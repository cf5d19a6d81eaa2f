import { open, stat } from 'node:fs/promises'
import type { Input } from './inputs.ts'

const CHUNK_BYTES = 256 * 1024
/** Pairs that are named at most. */
const MAX_PAIRS = 10
/** Files of one size that another is compared with at most. */
const MAX_OTHERS = 20

/** Pairs of files that are the same to the last byte, as copies are whose calls count twice. Only files of one size are looked into. */
export async function equalFiles(
  inputs: readonly Input[],
): Promise<(readonly [name: string, name: string])[]> {
  const bySize = new Map<number, string[]>()
  const pairs: [string, string][] = []
  for (const { path } of inputs) {
    const info = path === null ? undefined : await stat(path).catch(() => undefined)
    if (path === null || !info?.isFile() || info.size === 0) continue
    const others = bySize.get(info.size) ?? []
    const same = await firstSame(path, others)
    if (same === undefined) bySize.set(info.size, [...others, path].slice(0, MAX_OTHERS))
    else pairs.push([same, path])
    if (pairs.length === MAX_PAIRS) break
  }
  return pairs
}

async function firstSame(path: string, others: readonly string[]): Promise<string | undefined> {
  for (const other of others) {
    // What cannot be opened any more is no copy of anything.
    if (await areSame(path, other).catch(() => false)) return other
  }
  return undefined
}

async function areSame(path: string, other: string): Promise<boolean> {
  const files = [await open(path)]
  try {
    files.push(await open(other))
    const parts = files.map((file) => ({ file, bytes: Buffer.alloc(CHUNK_BYTES) }))
    for (let at = 0; ; at += CHUNK_BYTES) {
      const [one, two] = await Promise.all(
        parts.map(async ({ file, bytes }) => {
          const { bytesRead } = await file.read(bytes, 0, CHUNK_BYTES, at)
          return bytes.subarray(0, bytesRead)
        }),
      )
      if (one === undefined || two === undefined || !one.equals(two)) return false
      if (one.length === 0) return true
    }
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}

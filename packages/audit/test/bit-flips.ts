import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { LogBuilder } from './log-builder.ts'
import { folder } from './log-setup.ts'

/** Verifications at a time, each with a copy of the log: most of one is waiting for the disk. */
const LANES = 8

/** Flips bits of a log of 20 entries, one at a time, in every file of its evidence; fails with those that are not found. */
export async function flipBits(
  t: TestContext,
  isFlipped: (byte: number, bit: number) => boolean,
): Promise<void> {
  const log = await twentyEntries(t)
  const files = filesOf(log.dir)
  const flips = files.flatMap((file) => {
    const { length } = readFileSync(join(log.dir, file))
    const all = Array.from({ length: length * 8 }, (_, at) => ({
      file,
      byte: at >> 3,
      bit: at & 7,
    }))
    return all.filter(({ byte, bit }) => isFlipped(byte, bit))
  })
  assert.ok(flips.length > 5_000, `only ${flips.length} bits`)
  const missed: string[] = []
  let next = 0
  const lane = async (dir: string): Promise<void> => {
    for (let flip = flips[next++]; flip !== undefined; flip = flips[next++]) {
      const { file, byte, bit } = flip
      const path = join(dir, file)
      const bytes = readFileSync(path)
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit)
      writeFileSync(path, bytes)
      const { result } = await verifyAudit({ dir, publicKey: log.vkey })
      if (result !== 'tampered') missed.push(`${file} byte ${byte} bit ${bit}: ${result}`)
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit)
      writeFileSync(path, bytes)
    }
  }
  await Promise.all(Array.from({ length: LANES }, () => lane(copyOf(log.dir, t))))
  assert.deepEqual(missed, [])
  assert.equal((await verifyAudit({ dir: log.dir, publicKey: log.vkey })).result, 'unanchored')
}

async function twentyEntries(t: TestContext): Promise<LogBuilder> {
  const log = new LogBuilder(folder(t)).open().entries(8).close()
  await log.checkpoint()
  log.rotate().open().entries(7).close()
  await log.checkpoint()
  assert.equal(log.size, 20)
  return log
}

function filesOf(dir: string): string[] {
  const kept = readdirSync(join(dir, 'checkpoints')).map((name) => `checkpoints/${name}`)
  const segments = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  return [...segments, ...kept, 'checkpoint', 'public.vkey']
}

function copyOf(dir: string, t: TestContext): string {
  const copy = folder(t)
  cpSync(dir, copy, { recursive: true })
  return copy
}

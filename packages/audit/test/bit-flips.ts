import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Flip, findFlips } from './flips.ts'
import { LogBuilder } from './log-builder.ts'
import { folder } from './log-setup.ts'

/** Flips bits of a log of 20 entries, one at a time, in every file of its evidence; fails with those that are not found. */
export async function flipBits(
  t: TestContext,
  isFlipped: (byte: number, bit: number) => boolean,
): Promise<void> {
  const log = await twentyEntries(t)
  const files = filesOf(log.dir)
  const flips = files.flatMap((file) => {
    const { length } = readFileSync(join(log.dir, file))
    const all = Array.from({ length: length * 8 }, (_, at): Flip => [file, at >> 3, at & 7])
    return all.filter(([, byte, bit]) => isFlipped(byte, bit))
  })
  assert.ok(flips.length > 5_000, `only ${flips.length} bits`)
  await findFlips(t, log.dir, log.vkey, flips)
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

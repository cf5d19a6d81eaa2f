import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyAudit } from '../src/index.ts'
import { folder } from './log-setup.ts'

/** A bit of a file. */
export type Flip = readonly [file: string, byte: number, bit: number]

/** What the fixture `flipper` is told: where to flip which bits. */
export interface FlipTask {
  /** Copies of one folder: each is verified by itself, while another waits for the disk. */
  readonly copies: readonly string[]
  readonly publicKey: string
  readonly flips: readonly Flip[]
}

const COPIES = 4
const FLIPPER = fileURLToPath(new URL('fixtures/flipper.js', import.meta.url))

/** Fails with the flips that are not found in a log or bundle, each made by itself. */
export async function findFlips(
  t: TestContext,
  dir: string,
  publicKey: string,
  flips: readonly Flip[],
): Promise<void> {
  const copies = Array.from({ length: COPIES }, () => {
    const copy = folder(t)
    cpSync(dir, copy, { recursive: true })
    return copy
  })
  const input = JSON.stringify({ copies, publicKey, flips } satisfies FlipTask)
  const { status, stdout, stderr } = spawnSync(process.execPath, [FLIPPER], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  assert.equal(status, 0, stderr)
  assert.deepEqual(JSON.parse(stdout), { flipped: flips.length, missed: [] })
  for (const copy of copies)
    assert.equal((await verifyAudit({ dir: copy, publicKey })).result, 'unanchored')
}

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import { bundleOf } from './bundle-maker.ts'
import { type Flip, findFlips } from './flips.ts'
import { folder, richLog } from './tamper-log.ts'

/** Flips a bit of every so many bytes in each file of a bundle with withheld entries, one at a time; fails with those that are not found. */
export async function flipBundle(t: TestContext, every: number): Promise<void> {
  const log = await richLog(folder(t))
  await bundleOf(t, log)
  const { dir, vkey: publicKey } = await bundleOf(t, log, { filter: { actor: ['u0'] } })
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
  const flips: Flip[] = []
  for (const file of files) {
    const { length } = readFileSync(join(dir, file))
    for (let at = flips.length % every; at < length; at += every)
      flips.push([file, at, flips.length % 8])
  }
  assert.ok(flips.length > files.length)
  await findFlips(t, dir, publicKey, flips)
}

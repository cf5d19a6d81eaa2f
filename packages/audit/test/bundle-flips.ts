import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { bundleOf } from './bundle-maker.ts'
import { folder, richLog } from './tamper-log.ts'

/** Flips a bit of every so many bytes in each file of a bundle with withheld entries, one at a time; fails with those that are not found. */
export async function flipBundle(t: TestContext, every: number): Promise<void> {
  const log = await richLog(folder(t))
  await bundleOf(t, log)
  const { dir, vkey: publicKey } = await bundleOf(t, log, { filter: { actor: ['u0'] } })
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
  const missed: string[] = []
  let flips = 0
  for (const file of files) {
    const path = join(dir, file)
    const bytes = readFileSync(path)
    for (let at = flips % every; at < bytes.length; at += every) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (flips % 8))
      writeFileSync(path, flipped)
      const { result } = await verifyAudit({ dir, publicKey })
      if (result !== 'tampered') missed.push(`${file} byte ${at}: ${result}`)
      flips += 1
    }
    writeFileSync(path, bytes)
  }
  assert.ok(flips > files.length)
  assert.deepEqual(missed, [])
  assert.equal((await verifyAudit({ dir, publicKey })).result, 'unanchored')
}

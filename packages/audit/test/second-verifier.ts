import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { LogBuilder } from './log-builder.ts'
import { folder, richLog, type TamperCase } from './tamper-log.ts'
import { python } from './verifier-scripts.ts'

/** Fails for every tampered log that the second verifier lets pass. */
export async function findAll(t: TestContext, cases: readonly TamperCase[]): Promise<void> {
  for (const { threat, what, tamper, key, anchored } of cases)
    await t.test(`${threat}: ${what}`, async (t) => {
      const log = await richLog(folder(t))
      const trusted = ['--key', keyFile(t, log)]
      const root = log.root().toString('base64')
      const anchor = ['--anchor-size', String(log.size), '--anchor-root', root]
      await tamper(log, t)
      const args = [log.dir, ...(key === 'self' ? [] : trusted), ...(anchored ? anchor : [])]
      const { status, output } = await python(args)
      assert.equal(status, 1, output)
      assert.match(output, /^BROKEN: /)
    })
}

/** The log's first key, kept elsewhere. */
export function keyFile(t: TestContext, log: Pick<LogBuilder, 'vkey'>): string {
  const path = join(folder(t), 'log.vkey')
  writeFileSync(path, `${log.vkey}\n`)
  return path
}

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { LogBuilder } from './log-builder.ts'
import { folder, richLog, type TamperCase } from './tamper-log.ts'

const VERIFIER = fileURLToPath(new URL('../../verifier/', import.meta.url))

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

/** How a script ended. */
export interface Ended {
  readonly status: number | null
  readonly output: string
}

/** Runs verify.py. */
export function python(args: readonly string[]): Promise<Ended> {
  return run('python3', [`${VERIFIER}verify.py`, ...args])
}

/** Runs verify.sh. */
export function shell(args: readonly string[]): Promise<Ended> {
  return run('sh', [`${VERIFIER}verify.sh`, ...args])
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** The log's first key, kept elsewhere. */
export function keyFile(t: TestContext, log: Pick<LogBuilder, 'vkey'>): string {
  const dir = mkdtempSync(join(tmpdir(), 'recount-key-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, 'log.vkey')
  writeFileSync(path, `${log.vkey}\n`)
  return path
}

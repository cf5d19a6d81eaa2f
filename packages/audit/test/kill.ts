import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openAudit } from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { ORIGIN, optionsIn } from './log-setup.ts'
import { assertKept, type Said, saidIn } from './said.ts'

export const APPENDER: string = fileURLToPath(new URL('fixtures/appender.js', import.meta.url))

/** A source of numbers from 0 to 1 that is the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Kills an appender once it has said so many lines; what it said, and what the log holds after the next start, must agree. */
export async function killAfter(path: string, lines: number, concurrency: number): Promise<Said> {
  const options = optionsIn(path, { checkpointEvery: 20, segmentBytes: 20_000 })
  const child = spawn(process.execPath, [
    APPENDER,
    JSON.stringify({ options, count: 100_000, concurrency }),
  ])
  const output = await outputUntil(child, lines)
  const said = saidIn(output)
  const audit = await openAudit(options)
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  assertKept(said, entries)
  await assertNoAlarm(options.dir)
  assert.deepEqual(
    entries.filter(({ action }) => action === 'audit.open').map(({ sys }) => sys?.unclean),
    [false, true],
  )
  rmSync(options.dir, { recursive: true })
  return said
}

/** Everything a process wrote until it was killed, which happens after so many lines. */
async function outputUntil(child: ChildProcess, lines: number): Promise<string> {
  let output = ''
  let left = lines
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
    left -= text.split('\n').length - 1
    if (left <= 0) child.kill('SIGKILL')
  })
  child.stderr?.pipe(process.stderr)
  await once(child, 'close')
  return output
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type LogBuilder, testSigningKey } from './log-builder.ts'
import { folder } from './tamper-log.ts'

/** The file with the private key of a built log, for a writer that goes on with it. */
export function writerKey(t: TestContext, log: LogBuilder): string {
  const path = join(folder(t), 'audit.key')
  writeFileSync(path, `${testSigningKey(log.origin)}\n`, { mode: 0o600 })
  return path
}

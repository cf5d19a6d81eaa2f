import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { AuditError, verifyAudit } from '../src/index.ts'
import { python, shell } from './verifier-scripts.ts'

/**
 * How each of the three ends: 0 it holds, 1 it does not, 3 it cannot be read. The shell's runs verify.py too; where it looks at nothing that
 * concerns the case, it is left out, because it takes processes of its own.
 */
export async function statuses(
  dir: string,
  key?: string,
  withShell = true,
): Promise<(number | null)[]> {
  const [second, third] = await Promise.all([
    python(key === undefined ? [dir] : [dir, '--key', key]),
    withShell ? shell(key === undefined ? [dir] : [dir, key]) : undefined,
  ])
  const publicKey = key === undefined ? {} : { publicKey: readFileSync(key, 'utf8') }
  const first = await verifyAudit({ dir, ...publicKey }).then(
    ({ result }) => (result === 'unanchored' ? 0 : 1),
    (error: unknown) => {
      assert.ok(error instanceof AuditError, String(error))
      return 3
    },
  )
  return [first, second.status, third === undefined ? first : third.status]
}

/** What it comes to where all agree. */
export const ALL_HOLD: readonly number[] = [0, 0, 0]
export const ALL_BROKEN: readonly number[] = [1, 1, 1]
export const NONE_READS: readonly number[] = [3, 3, 3]

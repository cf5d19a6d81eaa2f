import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AuditEvent, AuditOptions } from '../src/index.ts'

export const ORIGIN = 'acme.example/audit/test'

/** A folder that is gone after the test; in memory where the system has such a place, because syncing to it takes no time. */
export function folder(t: TestContext, base: string = memoryFolder()): string {
  const path = mkdtempSync(join(base, 'recount-audit-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

/** Options of a log in a folder, without a reserve and with no timers that matter. */
export function optionsIn(path: string, more: Partial<AuditOptions> = {}): AuditOptions {
  const dir = join(path, 'audit')
  return { dir, origin: ORIGIN, key: join(path, 'audit.key'), reserveBytes: 0, ...more }
}

/** A valid event; `n` tells them apart. */
export function event(n: number, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    action: 'query',
    actor: { type: 'user', id: 'u1' },
    target: { type: 'model', id: 'acme-large' },
    outcome: 'success',
    ext: { n },
    ...more,
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  type AuditEntry,
  type AuditEvent,
  type AuditLog,
  openAudit,
  readEntries,
} from '../src/index.ts'
import type { Manifest } from './bundle-maker.ts'
import { folder } from './tamper-log.ts'

/** A log that is open, and where its bundle goes. */
export interface Opened {
  readonly base: string
  readonly out: string
  readonly audit: AuditLog
  readonly options: { readonly dir: string; readonly origin: string; readonly key: string }
}

export async function opened(t: TestContext): Promise<Opened> {
  const base = folder(t)
  const options = { dir: join(base, 'log'), origin: 'acme.example/audit', key: join(base, 'key') }
  return { base, out: join(base, 'bundle'), audit: await openAudit(options), options }
}

export function event(action: string, user: string): AuditEvent {
  const actor = { type: 'user', id: user }
  return { action, actor, target: { type: 'model', id: 'gpt-4o' }, outcome: 'success' }
}

/** Events of several tenants, actors, actions and subjects. */
export function* mixed(): Generator<AuditEvent> {
  const actions = ['query', 'app.login', 'app.orders.read', 'tool_call']
  for (let at = 0; at < 24; at += 1) {
    const named = {
      ...event(actions[at % 4] ?? '', `u${at % 3}`),
      tenant: at % 2 ? 'acme' : 'beta',
    }
    yield at % 5 === 0 ? { ...named, subject: 'u1' } : named
  }
}

export async function entriesIn(dir: string): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  for await (const { entry } of readEntries(dir)) found.push(entry)
  return found
}

export function jsonLines(path: string): AuditEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as AuditEntry)
}

export function manifestOf(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as Manifest
}

export function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

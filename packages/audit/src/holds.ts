import { join } from 'node:path'
import type { Appended } from './batch.ts'
import { readRegularIfThere, replaceFile } from './durable-file.ts'
import { AuditError } from './errors.ts'
import type { AuditActor } from './event.ts'
import type { SystemEntry } from './system-entry.ts'
import { uuidv7 } from './uuid.ts'

/** A legal hold: nothing of the subject (or, without one, of the whole log) may be erased or expire. */
export interface Hold {
  /** UUID. */
  readonly hold: string
  readonly subject: string | null
  readonly reason: string
}

/** What is to be held, and why. */
export interface HoldRequest {
  /** Default: the whole log. */
  readonly subject?: string
  readonly reason: string
  readonly actor?: AuditActor
}

type AppendSystem = (entry: SystemEntry) => Promise<Appended>

/** Puts a hold in force, then says so: a crash in between leaves the hold. */
export async function beginHold(
  dir: string,
  { subject, reason, actor }: HoldRequest,
  append: AppendSystem,
): Promise<Hold> {
  const hold = { hold: uuidv7(Date.now()), subject: subject ?? null, reason }
  await writeHolds(dir, [...(await readHolds(dir)), hold])
  await append(holdEntry('audit.hold', hold, actor))
  return hold
}

/** Says that a hold ends, then ends it. */
export async function endHold(
  dir: string,
  request: { readonly hold: string; readonly reason: string; readonly actor?: AuditActor },
  append: AppendSystem,
): Promise<void> {
  const holds = await readHolds(dir)
  const held = holds.find(({ hold }) => hold === request.hold)
  if (held === undefined) return
  const released = { ...held, reason: request.reason }
  await append(holdEntry('audit.hold_release', released, request.actor))
  await writeHolds(
    dir,
    holds.filter((other) => other !== held),
  )
}

/** The holds in force. Throws `AUDIT_DAMAGED`: what cannot be read may be a hold. */
export async function readHolds(dir: string): Promise<readonly Hold[]> {
  const text = await readRegularIfThere(join(dir, 'holds.json'))
  if (text === undefined) return []
  try {
    return (JSON.parse(String(text)) as { holds: Hold[] }).holds
  } catch (cause) {
    const message = `Expected ${join(dir, 'holds.json')} to list the holds in force; restore it: the log's audit.hold entries say which`
    throw new AuditError('AUDIT_DAMAGED', message, { cause })
  }
}

async function writeHolds(dir: string, holds: readonly Hold[]): Promise<void> {
  await replaceFile(join(dir, 'holds.json'), `${JSON.stringify({ holds, v: 1 })}\n`)
}

/** Throws `AUDIT_ON_HOLD` where a hold forbids to touch a subject. */
export function checkHolds(holds: readonly Hold[], subject: string): void {
  const hold = holds.find((held) => held.subject === null || held.subject === subject)
  if (hold === undefined) return
  const message = `A legal hold (${hold.hold}: ${hold.reason}) forbids it; release the hold first`
  throw new AuditError('AUDIT_ON_HOLD', message)
}

function holdEntry(
  action: 'audit.hold' | 'audit.hold_release',
  { hold, subject, reason }: Hold,
  actor: AuditActor | undefined,
): SystemEntry {
  return {
    action,
    sys: { hold },
    reason,
    ...(subject !== null && { subject }),
    ...(actor !== undefined && { actor }),
  }
}

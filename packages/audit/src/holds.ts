import { join } from 'node:path'
import { readIfThere, replaceFile } from './durable-file.ts'
import { AuditError } from './errors.ts'

/** A legal hold: nothing of the subject (or, without one, of the whole log) may be erased or expire. */
export interface Hold {
  /** UUID. */
  readonly hold: string
  readonly subject: string | null
  readonly reason: string
}

/** The holds in force. Throws `AUDIT_DAMAGED`: what cannot be read may be a hold. */
export async function readHolds(dir: string): Promise<readonly Hold[]> {
  const text = await readIfThere(join(dir, 'holds.json'))
  if (text === undefined) return []
  try {
    return (JSON.parse(String(text)) as { holds: Hold[] }).holds
  } catch (cause) {
    const message = `Expected ${join(dir, 'holds.json')} to list the holds in force; restore it: the log's audit.hold entries say which`
    throw new AuditError('AUDIT_DAMAGED', message, { cause })
  }
}

/** Replaces the list of holds. */
export async function writeHolds(dir: string, holds: readonly Hold[]): Promise<void> {
  await replaceFile(join(dir, 'holds.json'), `${JSON.stringify({ holds, v: 1 })}\n`)
}

/** Throws `AUDIT_ON_HOLD` where a hold forbids to touch a subject. */
export function checkHolds(holds: readonly Hold[], subject: string): void {
  const hold = holds.find((held) => held.subject === null || held.subject === subject)
  if (hold === undefined) return
  const message = `A legal hold (${hold.hold}: ${hold.reason}) forbids it; release the hold first`
  throw new AuditError('AUDIT_ON_HOLD', message)
}

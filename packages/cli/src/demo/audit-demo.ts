import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditLog, type AuditReport, openAudit, verifyAudit } from '@recount/audit'

/** The demo's audit log, in `folder/audit`; its keys lie beside that folder, as the log asks for. */
export function openDemoAudit(folder: string): Promise<AuditLog> {
  return openAudit({
    dir: auditFolder(folder),
    origin: 'support.example/audit/demo',
    key: join(folder, 'audit.key'),
    // How full the disk is does not concern the demo.
    diskStages: { warn: 0, criticalOnly: 0 },
  })
}

/** Where the demo's audit log lies. */
export function auditFolder(folder: string): string {
  return join(folder, 'audit')
}

/** Where the demo's verifier remembers the log. */
export function anchorFile(folder: string): string {
  return join(folder, 'audit-anchor.json')
}

/** What a verifier says about the log, and about a copy in which somebody changed one byte. */
export interface AuditVerdicts {
  readonly log: AuditReport
  readonly changed: AuditReport
  /** The byte that was changed, as it was and as it is. */
  readonly change: { readonly file: string; readonly before: string; readonly after: string }
}

/** Verifies the log, then a copy with one byte flipped in an answer's entry. */
export async function verifyDemoAudit(folder: string, publicKey: string): Promise<AuditVerdicts> {
  const dir = auditFolder(folder)
  const log = await verifyAudit({ dir, publicKey, anchor: anchorFile(folder) })
  const copy = join(folder, 'audit-changed')
  cpSync(dir, copy, { recursive: true })
  const change = flipByte(copy)
  return { log, changed: await verifyAudit({ dir: copy, publicKey }), change }
}

/** A user becomes another one: `user-3` and `user-2` differ in one bit. */
function flipByte(dir: string): AuditVerdicts['change'] {
  const file = readdirSync(dir).find((name) => name.endsWith('.jsonl')) ?? ''
  const path = join(dir, file)
  const bytes = readFileSync(path)
  const entry = bytes.indexOf('"action":"completion"')
  const quote = bytes.indexOf('"', bytes.indexOf('"id":"', entry) + '"id":"'.length)
  const line = bytes.toString('latin1', bytes.lastIndexOf('\n', entry) + 1, quote + 1)
  const at = quote - 1
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(path, bytes)
  const before = line.slice(line.lastIndexOf('"id"'))
  const after = `${before.slice(0, -2)}${String.fromCharCode(bytes[at] as number)}"`
  return { file, before, after }
}

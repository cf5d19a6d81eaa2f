import { readLogFile } from '@recount/audit'
import { defaultKeyPath, openLog } from '../audit/log-keys.ts'
import { EXIT } from '../errors.ts'
import { countText, plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount audit erase`. */
export interface AuditEraseOptions {
  readonly subject: string
  readonly reason: string
  readonly request?: string
  readonly tenant?: string
  readonly key?: string
  readonly json?: boolean
}

/** Options of `recount audit rotate-key`. */
export interface AuditRotateKeyOptions {
  readonly key?: string
  readonly newKey?: string
  readonly reason?: string
  readonly json?: boolean
}

/** Destroys the keys of a subject's content; the entries stay. */
export async function eraseSubject(
  dir: string,
  { key, json, ...request }: AuditEraseOptions,
  terminal: Terminal,
): Promise<number> {
  const audit = await openLog(dir, key === undefined ? {} : { key })
  try {
    const { seq, kids } = await audit.erase(request)
    if (json) terminal.print(`${plainJson({ seq, kids })}\n`)
    else
      terminal.print(
        `erased: ${plural(kids.length, 'key')} of ${plainLine(request.subject)} destroyed, as entry ${countText(seq)} says\n`,
      )
    return EXIT.done
  } finally {
    await audit.close()
  }
}

/** Lets another key sign from now on; a new file is made where none is named. */
export async function rotateLogKey(
  dir: string,
  { key, newKey, reason, json }: AuditRotateKeyOptions,
  terminal: Terminal,
): Promise<number> {
  const audit = await openLog(dir, key === undefined ? {} : { key })
  try {
    const origin = (await readLogFile(dir))?.origin ?? audit.origin
    const path = newKey ?? `${defaultKeyPath(origin).slice(0, -'.key'.length)}.${Date.now()}.key`
    const { size } = await audit.rotateKey({ key: path, ...(reason !== undefined && { reason }) })
    const { publicKey } = audit
    if (json) terminal.print(`${plainJson({ key: path, public_key: publicKey, size })}\n`)
    else
      terminal.print(
        `rotated: a new key signs from entry ${countText(size)} on\n  private key  ${plainLine(path)}\n  public key   ${plainLine(publicKey)}\n`,
      )
    return EXIT.done
  } finally {
    await audit.close()
  }
}

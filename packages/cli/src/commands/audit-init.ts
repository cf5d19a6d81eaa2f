import { existsSync } from 'node:fs'
import { openAudit, readLogFile } from '@recount/audit'
import { defaultKeyPath } from '../audit/log-keys.ts'
import { EXIT } from '../errors.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount audit init`. */
export interface AuditInitOptions {
  readonly origin: string
  readonly key?: string
  readonly json?: boolean
}

/** Makes an audit log; one that is there already under this name is left as it is. */
export async function initLog(
  dir: string,
  { origin, key = defaultKeyPath(origin), json }: AuditInitOptions,
  terminal: Terminal,
): Promise<number> {
  const before = await readLogFile(dir)
  const path = before?.key ?? key
  const isReused = before === undefined && existsSync(path)
  // Says what is wrong where another log, or another key, is there.
  const audit = await openAudit({ dir, origin, key: path })
  const { publicKey } = audit
  await audit.close()
  const created = before === undefined
  if (isReused)
    terminal.say(
      `The key ${plainLine(path)} was there already: where another log has this name and key too, neither can be told from the other. Give each log a name of its own`,
    )
  if (json)
    terminal.print(`${plainJson({ dir, origin, key: path, public_key: publicKey, created })}\n`)
  else {
    const paint = painter(terminal.color)
    terminal.print(
      `${paint('bold', plainLine(dir))}: ${created ? 'a new audit log' : 'an audit log already'}, ${plainLine(origin)}\n` +
        `  private key  ${plainLine(path)}\n  public key   ${plainLine(publicKey)}\n` +
        'Keep a copy of the public key where the writer of the log cannot change it.\n',
    )
  }
  return EXIT.done
}

import { constants, existsSync, realpathSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  AuditError,
  type Erasure,
  type ErasureRequest,
  readEntries,
  readLogFile,
} from '@recount/audit'
import { eraseInStreams } from '../audit/erase-streams.ts'
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

/** Destroys the keys of a subject's content, also in streams; the entries stay. 1 where nothing of them is there (and no entry says so), or a stream still has it. */
export async function eraseSubject(
  dir: string,
  options: AuditEraseOptions,
  terminal: Terminal,
): Promise<number> {
  const { key, json, ...request } = options
  const own = await eraseInLog(dir, key, request)
  const streams = await eraseInStreams(dir, request, key)
  for (const { stream, error } of streams.failed)
    terminal.say(
      plainLine(
        `streams/${stream} was left as it is, and may still have texts of ${request.subject}: ${error.message}`,
      ),
    )
  const status = streams.failed.length > 0 ? EXIT.no : EXIT.done
  if (own === undefined && streams.erased.length === 0)
    return Math.max(status, await sayNothingLeft(dir, options, terminal))
  const { seq = null, kids = [] } = own ?? {}
  const all = { seq, kids, ...(streams.erased.length > 0 && { streams: streams.erased }) }
  if (json) terminal.print(`${plainJson(all)}\n`)
  else {
    const who = plainLine(request.subject)
    if (own !== undefined) terminal.print(erasedText(own, who, ''))
    for (const erased of streams.erased)
      terminal.print(erasedText(erased, who, ` of streams/${plainLine(erased.stream)}`))
  }
  return status
}

/** Undefined where nothing of the subject is there. */
async function eraseInLog(
  dir: string,
  key: string | undefined,
  request: ErasureRequest,
): Promise<Erasure | undefined> {
  const audit = await openLog(dir, key === undefined ? {} : { key })
  try {
    return await audit.erase({ ...request, mustExist: true })
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'AUDIT_SUBJECT_NOT_FOUND') throw error
    return undefined
  } finally {
    await audit.close()
  }
}

function erasedText({ seq, kids }: Erasure, who: string, where: string): string {
  return `erased: ${plural(kids.length, 'key')} of ${who} destroyed, as entry ${countText(seq)}${where} says\n`
}

/** Erased before is as good as erased now. */
async function sayNothingLeft(
  dir: string,
  { subject, tenant, json }: AuditEraseOptions,
  terminal: Terminal,
): Promise<number> {
  const before = await erasedBefore(dir, subject, tenant)
  const who = plainLine(subject)
  if (before === undefined)
    terminal.say(`Nothing was found for ${who}: no text of theirs is kept here; nothing was erased`)
  else
    terminal.say(
      `${who} was erased before, as entry ${countText(before)} says: no key of theirs was left`,
    )
  if (json) terminal.print(`${plainJson({ seq: null, kids: [], erased_before: before ?? null })}\n`)
  return before === undefined ? EXIT.no : EXIT.done
}

/** The newest entry that says that keys of a subject were destroyed. */
async function erasedBefore(
  dir: string,
  subject: string,
  tenant: string | undefined,
): Promise<number | undefined> {
  let found: number | undefined
  for await (const { entry } of readEntries(dir)) {
    if (entry.action !== 'audit.erasure' || entry.subject !== subject) continue
    const { kids } = (entry.sys ?? {}) as { kids?: readonly unknown[] }
    const isOfTenant = tenant === undefined || [undefined, tenant].includes(entry.tenant)
    if (isOfTenant && (kids?.length ?? 0) > 0) found = entry.seq
  }
  return found
}

/** Lets another key sign from now on; a new file is made where none is named. */
export async function rotateLogKey(
  dir: string,
  { key, newKey, reason, json }: AuditRotateKeyOptions,
  terminal: Terminal,
): Promise<number> {
  const audit = await openLog(dir, key === undefined ? {} : { key })
  try {
    const before = await readLogFile(dir)
    const origin = before?.origin ?? audit.origin
    const path = newKey ?? `${defaultKeyPath(origin).slice(0, -'.key'.length)}.${Date.now()}.key`
    await copyContentKey(key ?? before?.key ?? undefined, before?.contentKey, path)
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

/** The content key is looked for in the folder of the private key: where that is another one from now on, it has to be there, too. */
async function copyContentKey(
  key: string | undefined,
  contentKey: string | undefined,
  next: string,
): Promise<void> {
  if (key === undefined) return
  // Links lie about what is beside a key.
  const real = realpathSync(key)
  if (dirname(real) === dirname(resolve(next))) return
  const isBeside = contentKey !== undefined && dirname(contentKey) === dirname(real)
  const path = isBeside ? contentKey : `${real}.content`
  if (!existsSync(path)) return
  await mkdir(dirname(resolve(next)), { recursive: true, mode: 0o700 })
  await copyFile(path, `${next}.content`, constants.COPYFILE_EXCL)
}
